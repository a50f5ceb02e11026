# Numbers, vectors and matrices as the protocol has them, in the dtypes of eigcheck.

const DTYPES = Dict{String,DataType}(
    "float64" => Float64, "complex128" => ComplexF64, "float32" => Float32, "complex64" => ComplexF32
)
const DTYPE_NAMES = ("float64", "complex128", "float32", "complex64")

const WORDS = Dict("nan" => NaN, "inf" => Inf, "-inf" => -Inf)

real_number(value::Bool) = error("$value is no number")
real_number(value::Real) = Float64(value)
real_number(value) = error("$(repr(value)) is no number")
function real_number(text::AbstractString)
    haskey(WORDS, text) && return WORDS[text]
    number = tryparse(Float64, text)  # hexadecimal ones as well
    return number === nothing ? error("$(repr(text)) is no number") : number
end

scalar(value) = real_number(value)
function scalar(value::AbstractVector)
    length(value) == 2 || error("a complex number is [re, im], not a list of $(length(value))")
    return complex(real_number(value[1]), real_number(value[2]))
end

"""Numbers in the precision of T, real where all of them and T are."""
function numbers(values::AbstractVector, ::Type{T}) where {T}
    scalars = map(scalar, values)
    is_complex = T <: Complex || any(entry -> entry isa Complex, scalars)
    kind = is_complex ? Complex{real(T)} : real(T)
    return kind[convert(kind, entry) for entry in scalars]
end

function vector(values, ::Type{T}) where {T}
    values isa AbstractVector || error("a list of numbers was expected, not $(typeof(values))")
    return numbers(values, T)
end

"""A matrix from its rows. Throws where they do not make a square one."""
function square(rows, ::Type{T}) where {T}
    rows isa AbstractVector || error("a list of rows was expected, not $(typeof(rows))")
    n = length(rows)
    all(row -> row isa AbstractVector && length(row) == n, rows) || error("the rows make no square matrix")
    flat = numbers(Any[entry for row in rows for entry in row], T)
    return Matrix(permutedims(reshape(flat, n, n)))
end

"""A matrix that must have elements of type T."""
function square_of(rows, ::Type{T}) where {T}
    matrix = square(rows, T)
    eltype(matrix) == T || error("complex numbers came for a real matrix")
    return matrix
end

function written(number::Real)
    double = Float64(number)
    isnan(double) && return "nan"
    isinf(double) && return double > 0 ? "inf" : "-inf"
    return double
end
written(number::Complex) = Any[written(real(number)), written(imag(number))]
written(values::AbstractVector) = Any[written(value) for value in values]
written(matrix::AbstractMatrix) = Any[Any[written(matrix[i, j]) for j in axes(matrix, 2)] for i in axes(matrix, 1)]
