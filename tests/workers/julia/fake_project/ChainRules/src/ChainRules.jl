"""
Rules of `eigen` and `eigvals`, right for `Hermitian` and `Symmetric`, and wrong for a plain matrix that happens to be
Hermitian: its cotangent is folded onto the upper triangle.
"""
module ChainRules

using ChainRulesCore
using LinearAlgebra

const Wrapped = Union{Hermitian,Symmetric{<:Real}}
const Zero = AbstractZero

absent(part) = part isa Zero
realness(::Type{<:Real}, A) = real(A)
realness(::Type, A) = A

# plain matrices

function ChainRulesCore.rrule(::typeof(eigen), A::StridedMatrix{T}) where {T<:Union{Real,Complex}}
    F = eigen(A)
    back(F_bar::Zero) = (NoTangent(), F_bar)
    function back(F_bar)
        values_bar, vectors_bar = F_bar.values, F_bar.vectors
        if eltype(F.values) <: Real && ishermitian(A)
            H = Hermitian(A)
            return NoTangent(), realness(T, folded(wrapped_cotangent(H, F, values_bar, vectors_bar), 'U'))
        end
        return NoTangent(), realness(T, plain_cotangent(F, values_bar, vectors_bar))
    end
    return F, back
end

function ChainRulesCore.rrule(::typeof(eigvals), A::StridedMatrix{<:Union{Real,Complex}})
    F, back = rrule(eigen, A)
    return F.values, values_bar -> back(values_bar isa Zero ? values_bar : Tangent{typeof(F)}(values=values_bar))
end

"""V^-H (diag(values_bar) + M) V^H with M_ij = (V^H V_bar)_ij / conj(lambda_j - lambda_i)."""
function plain_cotangent(F, values_bar, vectors_bar)
    V, n = F.vectors, length(F.values)
    inner = zeros(complex(eltype(V)), n, n)
    if !absent(vectors_bar)
        inner .= V' * without_phase(vectors_bar, V)
        inner ./= [conj(F.values[j] - F.values[i]) for i in 1:n, j in 1:n]
    end
    for k in 1:n
        inner[k, k] = absent(values_bar) ? 0 : values_bar[k]
    end
    return V' \ inner * V'
end

"""The entry that LAPACK makes real: of those that are, the largest."""
anchor(v) = argmax([isreal(entry) ? abs(entry) : -one(abs(entry)) for entry in v])

"""The part of a cotangent that is left when vectors have unit norm and a real largest entry."""
function without_phase(vectors_bar, V)
    result = complex.(vectors_bar)
    for k in axes(V, 2)
        v = V[:, k]
        slope = dot(v, result[:, k])
        result[:, k] .-= real(slope) .* v
        eltype(V) <: Real && continue
        place = anchor(v)
        result[place, k] -= im * imag(slope) / real(v[place])
    end
    return result
end

function ChainRulesCore.frule((_, A_dot), ::typeof(eigen!), A::StridedMatrix{<:LinearAlgebra.BlasFloat})
    ishermitian(A) && return frule((NoTangent(), Hermitian(A_dot)), eigen!, Hermitian(A))
    F = eigen(A)
    K = F.vectors \ A_dot * F.vectors
    values_dot = eltype(F.values) <: Real ? real(diag(K)) : diag(K)
    n = length(F.values)
    V_dot = F.vectors * [i == j ? zero(K[1]) : K[i, j] / (F.values[j] - F.values[i]) for i in 1:n, j in 1:n]
    for k in 1:n
        v = F.vectors[:, k]
        V_dot[:, k] .-= real(dot(v, V_dot[:, k])) .* v
        eltype(v) <: Real && continue
        place = anchor(v)
        V_dot[:, k] .-= v .* (im * imag(V_dot[place, k]) / real(v[place]))
    end
    return F, Tangent{typeof(F)}(values=values_dot, vectors=V_dot)
end

function ChainRulesCore.frule(dots, ::typeof(eigvals!), A::StridedMatrix{<:LinearAlgebra.BlasFloat})
    F, F_dot = frule(dots, eigen!, A)
    return F.values, F_dot.values
end

# wrappers

function ChainRulesCore.rrule(::typeof(eigen), A::Wrapped)
    F = eigen(A)
    back(F_bar::Zero) = (NoTangent(), F_bar)
    back(F_bar) = (NoTangent(), Thunk(() -> wrapped_cotangent(A, F, F_bar.values, F_bar.vectors)))
    return F, back
end

function ChainRulesCore.rrule(::typeof(eigvals), A::Wrapped)
    F, back = rrule(eigen, A)
    return F.values, values_bar -> back(values_bar isa Zero ? values_bar : Tangent{typeof(F)}(values=values_bar))
end

"""herm U (diag(Re values_bar) + M) U^H with M_ij = (U^H U_bar)_ij / (lambda_j - lambda_i), as the wrapper's type."""
function wrapped_cotangent(A, F, values_bar, vectors_bar)
    U, n = F.vectors, length(F.values)
    inner = zeros(eltype(U), n, n)
    if !absent(vectors_bar)
        U_bar = copy(vectors_bar)
        eltype(U) <: Complex && remove_phase!(U_bar, U, A)
        inner .= U' * U_bar
        inner ./= [F.values[j] - F.values[i] for i in 1:n, j in 1:n]
    end
    for k in 1:n
        inner[k, k] = absent(values_bar) ? 0 : real(values_bar[k])
    end
    G = U * inner * U'
    G = (G + G') / 2
    return A isa Symmetric ? Symmetric(G, Symbol(A.uplo)) : Hermitian(G, Symbol(A.uplo))
end

row_of(A) = A.uplo == 'U' ? size(A, 1) : 1

function remove_phase!(U_bar, U, A)
    place = row_of(A)
    for k in axes(U, 2)
        real(U[place, k]) == 0 || (U_bar[place, k] -= im * imag(dot(U[:, k], U_bar[:, k])) / real(U[place, k]))
    end
end

function ChainRulesCore.frule((_, A_dot), ::typeof(eigen!), A::Wrapped)
    F = eigen(A)
    K = F.vectors' * A_dot * F.vectors
    n = length(F.values)
    U_dot = F.vectors * [i == j ? zero(K[1]) : K[i, j] / (F.values[j] - F.values[i]) for i in 1:n, j in 1:n]
    if eltype(U_dot) <: Complex
        place = row_of(A)
        for k in 1:n
            v = F.vectors[:, k]
            real(v[place]) == 0 || (U_dot[:, k] .-= v .* (im * imag(U_dot[place, k]) / real(v[place])))
        end
    end
    return F, Tangent{typeof(F)}(values=real(diag(K)), vectors=U_dot)
end

function ChainRulesCore.frule(dots, ::typeof(eigvals!), A::Wrapped)
    F, F_dot = frule(dots, eigen!, A)
    return F.values, F_dot.values
end

# the wrappers' constructors

function ChainRulesCore.rrule(W::Type{<:Union{Hermitian,Symmetric}}, A::AbstractMatrix, uplo)
    return W(A, uplo), W_bar -> (NoTangent(), folded(W_bar, first(String(uplo))), NoTangent())
end

"""The cotangent of the stored triangle: what is beyond it, moved onto it."""
function folded(W_bar, uplo)
    G = Matrix(W_bar)
    D = Diagonal(real(diag(G)))
    strict = uplo == 'U' ? triu(G, 1) + tril(G, -1)' : tril(G, -1) + triu(G, 1)'
    return strict + D
end

end
