# julia/forwarddiff: derivatives of `eigvals` and `eigen` along a direction, by dual numbers. Forward mode only.

function offer_forwarddiff(loaded::Module)
    name = version_of(loaded)
    for (f, func) in ((eigvals, "eigvals"), (A -> pair_of(eigen(A)), "eig"))
        offer_dual(loaded, f, func, identity, ("general", "symmetric"), nothing, name)
    end
    for (f, func) in ((eigvals, "eigvalsh"), (H -> pair_of(eigen(H)), "eigh"))
        for (domain, uplo, triangle) in (WRAPPED..., CONSTRUCTED...)
            wrap = A -> wrapped(eltype(A) <: Real ? Symmetric : Hermitian, A, triangle)
            offer_dual(loaded, f, func, wrap, domain, uplo, name)
        end
    end
end

"""Offer f for the dtypes for which dual numbers get through it; it takes generic code, which LAPACK is not."""
function offer_dual(loaded, f, func, wrap, domain, uplo, name)
    push_forward = (A, A_dot) -> dual_parts(loaded, f(wrap(A .+ loaded.Dual(zero(real(eltype(A))), one(real(eltype(A)))) .* A_dot)))
    dtypes = [dtype for dtype in DTYPE_NAMES if works(push_forward, DTYPES[dtype])]
    isempty(dtypes) && return
    rule(
        nothing, "julia/forwarddiff", func;
        domain=domain, uplo=uplo, dtypes=dtypes, pushforward=push_forward, source=name, primal=A -> f(wrap(A)),
    )
end

function works(push_forward, ::Type{T}) where {T}
    try
        push_forward(T[1 0.5; 0.5 2], T[1 0; 0 1])
        return true
    catch error
        error isa InterruptException && rethrow()
        return false
    end
end

dual_parts(loaded, parts::Tuple) = map(part -> dual_parts(loaded, part), parts)
dual_parts(loaded, numbers::AbstractArray) = map(number -> dual_part(loaded, number), numbers)
dual_part(loaded, number::Complex) = complex(dual_part(loaded, real(number)), dual_part(loaded, imag(number)))
dual_part(loaded, number) = number isa loaded.Dual ? loaded.partials(number, 1) : zero(number)
