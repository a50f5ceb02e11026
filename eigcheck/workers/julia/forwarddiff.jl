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
    along(A, A_dot) = f(wrap(A .+ loaded.Dual(zero(real(eltype(A))), one(real(eltype(A)))) .* A_dot))
    push_forward = (A, A_dot) -> each_number(number -> slope(loaded, number), along(A, A_dot))
    # not f(wrap(A)): the slopes are those of these eigenvectors, whose signs LAPACK may choose otherwise
    primal = A -> each_number(number -> value(loaded, number), along(A, zero(A)))
    dtypes = [dtype for dtype in DTYPE_NAMES if works(push_forward, DTYPES[dtype])]
    isempty(dtypes) && return
    rule(
        nothing, "julia/forwarddiff", func;
        domain=domain, uplo=uplo, dtypes=dtypes, pushforward=push_forward, source=name, primal=primal,
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

"""A part of each real number of an array, or of those of a pair; of a complex one, that of both halves."""
each_number(part, arrays::Tuple) = map(numbers -> each_number(part, numbers), arrays)
each_number(part, numbers::AbstractArray) = map(number -> each_number(part, number), numbers)
each_number(part, number::Complex) = complex(part(real(number)), part(imag(number)))
each_number(part, number::Real) = part(number)

slope(loaded, number) = number isa loaded.Dual ? loaded.partials(number, 1) : zero(number)
value(loaded, number) = number isa loaded.Dual ? loaded.value(number) : number
