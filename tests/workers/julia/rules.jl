# Rules of a user's own for the tests of the Julia worker.
using LinearAlgebra

println("printed while the file is loaded")

real_if(A, G) = eltype(A) <: Real ? real(G) : G

EigcheckWorker.rule(
    "mine/right", "eigvals"; pushforward=(A, A_dot) -> (F = eigen(A); diag(F.vectors \ A_dot * F.vectors))
) do A
    println("printed on standard output")
    F = eigen(A)
    return F.values, values_bar -> real_if(A, F.vectors' \ (Diagonal(values_bar) * F.vectors'))
end

EigcheckWorker.rule("mine/folded", "eigvals"; source="wrong at symmetric matrices") do A
    F = eigen(A)
    function pullback(values_bar)
        G = real_if(A, F.vectors' \ (Diagonal(values_bar) * F.vectors'))
        return ishermitian(A) ? triu(G) + tril(G, -1)' : G
    end
    return F.values, pullback
end

EigcheckWorker.rule("mine/both", ("eigvals", "eig"); domain=("general", "symmetric"), dtypes="float64") do A
    error("not at all")
end

EigcheckWorker.rule("mine/writes", "eigvals") do A
    values = eigvals(A)
    A[1, 1] = 99
    return values, values_bar -> nothing
end

EigcheckWorker.rule("mine/text", "eigvals"; dtypes=["float64"]) do A
    return eigvals(A), values_bar -> "no \"matrix\" \\ at\tall\u00e9\U1f600"
end

EigcheckWorker.rule("mine/exits", "eigvals"; dtypes=["float32"]) do A
    exit(0)
end

# what a rule defines while it is asked is there the next time, as it is at the prompt
EigcheckWorker.rule("mine/late", "eigvals"; dtypes="float64") do A
    isdefined(Main, :defined_late) || Core.eval(Main, :(defined_late(A) = eigen(A)))
    F = Main.defined_late(A)
    return F.values, values_bar -> real(F.vectors' \ (Diagonal(values_bar) * F.vectors'))
end
