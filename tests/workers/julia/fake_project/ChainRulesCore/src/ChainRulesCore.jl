"""The part of ChainRulesCore's interface that rules of `eigen` need."""
module ChainRulesCore

export frule, rrule, unthunk, AbstractZero, NoTangent, ZeroTangent, Tangent, Thunk

abstract type AbstractZero end
struct NoTangent <: AbstractZero end
struct ZeroTangent <: AbstractZero end

"""The tangent of a struct P; a field that was not given is zero."""
struct Tangent{P,T<:NamedTuple}
    parts::T
end
Tangent{P}(; parts...) where {P} = (given = values(parts); Tangent{P,typeof(given)}(given))
Base.getproperty(tangent::Tangent, name::Symbol) = get(getfield(tangent, :parts), name, ZeroTangent())

"""Something that is computed when it is needed."""
struct Thunk{F}
    compute::F
end
unthunk(thunk::Thunk) = thunk.compute()
unthunk(other) = other

rrule(::Any, ::Vararg{Any}) = nothing
frule(::Any, ::Any, ::Vararg{Any}) = nothing

end
