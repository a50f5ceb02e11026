# Julia compiles what it is first asked for, and again for every combination of types. The hello says so, and eigcheck
# then waits longer for the first request of a rule, a dtype and a kind of request. All of the compiling is done there,
# whichever types the matrices to come have, so that later requests are answered in time.

const COMPILED = Set{Any}()

"""Matrices of order 2 whose eigenvalues are real, of a Hermitian and of another matrix, and complex."""
const SAMPLES = (Any[Any[1.0, 0.25], Any[0.25, 2.0]], Any[Any[1.0, 0.25], Any[0.5, 2.0]], Any[Any[1.0, 2.0], Any[-3.0, 1.0]])

"""Cotangents in which each part is there or absent, real or complex."""
function sample_cotangents(one::Rule, T)
    unit(number) = T <: Complex ? Any[number, number] : number
    values, vectors = Any[unit(1.0), unit(0.5)], Any[Any[unit(0.0), unit(0.5)], Any[unit(0.25), unit(0.0)]]
    with_vectors(one) || return Any[Dict("values" => values)]
    return Any[Dict("values" => values), Dict("vectors" => vectors), Dict("values" => values, "vectors" => vectors)]
end

"""Ask a rule for what it was not yet asked for. What goes wrong here is told when it is asked for in earnest."""
function compile(one::Rule, request::String, dtype::String)
    key = (one.name, one.func, one.domain, one.uplo, request, dtype)
    key in COMPILED && return
    push!(COMPILED, key)
    T = DTYPES[dtype]
    samples = one.domain == "general" && one.func in ("eigvals", "eig") ? SAMPLES : SAMPLES[1:1]
    for A in samples, there in (T <: Complex || A !== SAMPLES[3] ? (T,) : (T, Complex{T}))
        item = Dict{String,Any}("dtype" => dtype, "matrix" => A, "tangents" => Any[A])
        item["cotangents"] = sample_cotangents(one, there)
        write_json(IOBuffer(), @guarded(in_the_newest_world(one, request, item)))
    end
end
