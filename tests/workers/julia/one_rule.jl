# One rule of each kind, in few dtypes, since Julia compiles each of them anew.
using LinearAlgebra

EigcheckWorker.rule("one/eigvals", "eigvals"; dtypes=["float64", "complex128"]) do A
    println("printed on standard output")
    F = eigen(A)
    return F.values, bar -> (G = F.vectors' \ (Diagonal(bar) * F.vectors'); eltype(A) <: Real ? real(G) : G)
end

EigcheckWorker.rule(
    "one/eigh", "eigh"; domain="symmetric", uplo="U", dtypes=["float32"], pushforward=(A, A_dot) -> (diag(A), A)
) do A
    F = eigen(Hermitian(A, :U))
    return (F.values, F.vectors), bar -> zeros(Float32, size(A))
end
