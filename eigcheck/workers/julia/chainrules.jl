# julia/chainrules*: the rrules and frules of ChainRules.jl for `eigen` and `eigvals`, called as they are defined.

"""
Whether `rrule` or `frule` has a method of its own for these argument types: the fallback of ChainRulesCore, which
takes anything in the place of the function, is none.
"""
function has_method(rule_function, place::Int, types...)
    try
        method = which(rule_function, Tuple{types...})
        return Base.unwrap_unionall(method.sig).parameters[place] !== Any
    catch
        return false  # none, or ambiguous ones
    end
end

struct ChainRulesCalls
    core::Module
    name::String
end

function offer_chainrules(loaded::Module)
    # ChainRulesCore need not be a dependency of the active project itself
    calls = ChainRulesCalls(getfield(loaded, :ChainRulesCore), version_of(loaded))
    offer_plain(calls)
    for (W, word) in ((Hermitian, "hermitian"), (Symmetric, "symmetric"))
        offer_wrapped(calls, W, word)
        offer_constructed(calls, W, word)
    end
end

reverse_there(calls, f, ::Type{A}) where {A} = has_method(calls.core.rrule, 2, typeof(f), A)

"""The function of the forward rule: ChainRules defines those of the mutating `eigen!` and `eigvals!`."""
function forward_function(calls, f, ::Type{A}) where {A}
    tangents = Tuple{calls.core.NoTangent,A}
    has_method(calls.core.frule, 3, tangents, typeof(f), A) && return f
    mutating = f === eigen ? LinearAlgebra.eigen! : LinearAlgebra.eigvals!
    return has_method(calls.core.frule, 3, tangents, typeof(mutating), A) ? mutating : nothing
end

"""The four dtypes for whose matrices (of type `of(T)`) there is an rrule of f."""
dtypes_with(there, of) = [name for name in DTYPE_NAMES if there(of(DTYPES[name]))]

function offer_plain(calls)
    for (f, func) in ((eigvals, "eigvals"), (eigen, "eig"))
        dtypes = dtypes_with(A -> reverse_there(calls, f, A), T -> Matrix{T})
        isempty(dtypes) && continue
        push_forward = forward_rule(calls, f, Matrix{DTYPES[first(dtypes)]}, identity)
        rule(
            reverse_rule(calls, f, identity, dense), "julia/chainrules", func;
            domain=("general", "symmetric"), dtypes=dtypes, pushforward=push_forward, source=calls.name,
        )
    end
end

function offer_wrapped(calls, W, word)
    for (f, func) in ((eigvals, "eigvalsh"), (eigen, "eigh")), (domain, uplo, triangle) in WRAPPED
        of = T -> W{T,Matrix{T}}
        dtypes = dtypes_with(A -> is_hermitian_type(A) && reverse_there(calls, f, A), of)
        isempty(dtypes) && continue
        wrap = A -> wrapped(W, A, triangle)
        rule(
            reverse_rule(calls, f, wrap, dense), "julia/chainrules-$word", func;
            domain=domain, uplo=uplo, dtypes=dtypes, source=calls.name,
            pushforward=forward_rule(calls, f, of(DTYPES[first(dtypes)]), wrap),
        )
    end
end

# a complex Symmetric is not Hermitian: its eigenvectors are not orthogonal
is_hermitian_type(::Type{<:Hermitian}) = true
is_hermitian_type(::Type{<:Symmetric{T}}) where {T} = T <: Real

function offer_constructed(calls, W, word)
    for (f, func) in ((eigvals, "eigvalsh"), (eigen, "eigh")), (domain, uplo, triangle) in CONSTRUCTED
        there = A -> is_hermitian_type(A) && reverse_there(calls, f, A) &&
            has_method(calls.core.rrule, 2, Type{W}, Matrix{eltype(A)}, Symbol)
        of = T -> W{T,Matrix{T}}
        dtypes = dtypes_with(there, of)
        isempty(dtypes) && continue
        wrap = A -> wrapped(W, A, triangle)
        rule(
            constructed_rule(calls, f, W, triangle), "julia/chainrules-$word-constructor", func;
            domain=domain, uplo=uplo, dtypes=dtypes, source=calls.name,
            pushforward=forward_rule(calls, f, of(DTYPES[first(dtypes)]), wrap),
        )
    end
end

plain(F::Eigen) = pair_of(F)
plain(values) = values

"""The rrule of f at `wrap(A)`; `unwrap` makes a matrix of the cotangent that its pullback returns."""
reverse_rule(calls, f, wrap, unwrap) = function (A)
    found = calls.core.rrule(f, wrap(A))
    found === nothing && error("ChainRules has no rrule of $f for a $(typeof(wrap(A)))")
    primal, back = found
    return plain(primal), cotangent -> cleared(calls, back(as_tangent(calls, primal, cotangent))[2], A, unwrap)
end

constructed_rule(calls, f, W, triangle) = function (A)
    H, back_to_plain = calls.core.rrule(W, A, Symbol(triangle))
    primal, back = calls.core.rrule(f, H)
    function pullback(cotangent)
        H_bar = calls.core.unthunk(back(as_tangent(calls, primal, cotangent))[2])
        H_bar isa calls.core.AbstractZero && return nothing
        return cleared(calls, back_to_plain(H_bar)[2], A, dense)
    end
    return plain(primal), pullback
end

"""A cotangent of eigenvalues is a vector, one of an Eigen a Tangent without what is absent."""
as_tangent(calls, primal, values_bar) = values_bar === nothing ? calls.core.ZeroTangent() : values_bar
function as_tangent(calls, F::Eigen, (values_bar, vectors_bar))
    parts = (values=values_bar, vectors=vectors_bar)
    there = filter(name -> parts[name] !== nothing, (:values, :vectors))
    isempty(there) && return calls.core.ZeroTangent()
    return calls.core.Tangent{typeof(F)}(; NamedTuple{there}(map(name -> parts[name], there))...)
end

function cleared(calls, A_bar, A, unwrap)
    A_bar = calls.core.unthunk(A_bar)
    return A_bar isa calls.core.AbstractZero ? nothing : unwrap(A_bar)
end

"""The pushforward of f at `wrap(A)` for tangents `wrap(A_dot)`, or `nothing` where there is no frule."""
function forward_rule(calls, f, ::Type{A}, wrap) where {A}
    forward = forward_function(calls, f, A)
    forward === nothing && return nothing
    return function (matrix, tangent)
        # copies, since the mutating functions may overwrite both
        _, dot = calls.core.frule((calls.core.NoTangent(), wrap(copy(tangent))), forward, wrap(copy(matrix)))
        return f === eigen ? pair_dot(calls, dot, f(wrap(matrix))) : values_dot(calls, dot, size(matrix, 1))
    end
end

function values_dot(calls, dot, n)
    dot = calls.core.unthunk(dot)
    return dot isa calls.core.AbstractZero ? zeros(n) : dot
end

function pair_dot(calls, dot, F::Eigen)
    dot = calls.core.unthunk(dot)
    dot isa calls.core.AbstractZero && return (zero(F.values), zero(F.vectors))
    part(one, like) = (one = calls.core.unthunk(one); one isa calls.core.AbstractZero ? zero(like) : one)
    return part(dot.values, F.values), part(dot.vectors, F.vectors)
end
