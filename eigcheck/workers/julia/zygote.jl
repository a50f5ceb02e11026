# julia/zygote: `Zygote.pullback` of `eigvals` and `eigen`, of plain matrices and through the wrappers' constructors.

function offer_zygote(loaded::Module)
    name = version_of(loaded)
    for (f, func) in ((eigvals, "eigvals"), (A -> pair_of(eigen(A)), "eig"))
        rule(zygote_rule(loaded, f), "julia/zygote", func; domain=("general", "symmetric"), source=name)
    end
    for (f, func) in ((eigvals, "eigvalsh"), (H -> pair_of(eigen(H)), "eigh"))
        for (domain, uplo, triangle) in (WRAPPED..., CONSTRUCTED...)
            wrap = A -> wrapped(Hermitian, A, triangle)
            rrule = if domain == "symmetric"
                zygote_rule(loaded, f, wrap)
            else
                zygote_rule(loaded, A -> f(wrap(A)))
            end
            rule(rrule, "julia/zygote", func; domain=domain, uplo=uplo, source=name)
        end
    end
end

"""The rrule that differentiates f at `wrap(A)`; an absent cotangent is `nothing`, as in Zygote itself."""
zygote_rule(loaded, f, wrap=identity) = function (A)
    primal, back = loaded.pullback(f, wrap(A))
    function pullback(cotangent)
        (cotangent === nothing || cotangent === (nothing, nothing)) && return nothing
        A_bar = back(cotangent)[1]
        return A_bar === nothing ? nothing : dense(A_bar)
    end
    return primal, pullback
end
