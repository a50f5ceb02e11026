# One request, one reply. Nothing that a rule does is thrown from here, except that Julia itself is told to end.

const LONGEST = 1000
const HERE = @__DIR__

"""An error as the protocol has it: its type, its message, and the line of the user's or package's code."""
function told(error, trace)
    message = try
        sprint(showerror, error)
    catch
        "(its message cannot be shown)"
    end
    message = length(message) > LONGEST ? first(message, LONGEST) * "..." : message
    found = Dict{String,Any}("type" => string(nameof(typeof(error))), "message" => message)
    place = blamed(trace)
    place === nothing || (found["place"] = place)
    return Dict{String,Any}("error" => found)
end

"""The innermost line outside of Julia itself and of this worker."""
function blamed(trace)
    for frame in stacktrace(trace)
        file = string(frame.file)
        (startswith(file, HERE) || startswith(file, "./") || startswith(file, "none") || frame.from_c) && continue
        occursin(joinpath("share", "julia", "stdlib"), file) && continue
        isfile(file) && return string(file, ":", frame.line)
    end
    return nothing
end

macro guarded(step)
    return quote
        try
            $(esc(step))
        catch error
            error isa InterruptException && rethrow()
            told(error, catch_backtrace())
        end
    end
end

function reply(line::AbstractString)
    id = nothing
    try
        message = parse_json(line)
        message isa Dict || error("a message must be a JSON object")
        id = get(message, "id", nothing)
        request = get(message, "request", nothing)
        request == "shutdown" && return Dict{String,Any}("id" => id, "items" => Any[])
        request in ("primal", "rrule", "frule") || error("unknown request $(repr(request))")
        one = known(message["rule"])
        items = message["items"]
        items isa AbstractVector || error("items must be a list")
        return Dict{String,Any}("id" => id, "items" => Any[@guarded(answer(one, request, item)) for item in items])
    catch error
        error isa InterruptException && rethrow()
        return merge(Dict{String,Any}("id" => id), told(error, catch_backtrace()))
    end
end

function known(reference)
    reference isa Dict || error("rule must be an object")
    key = map(word -> get(reference, word, nothing), ("name", "function", "domain", "uplo"))
    for one in RULES
        (one.name, one.func, one.domain, one.uplo) == key && return one
    end
    error("unknown rule $(repr(key[1])) for $(key[2]) on $(key[3])")
end

function answer(one::Rule, request::String, item)
    item isa Dict || error("an item must be an object")
    dtype = get(item, "dtype", nothing)
    haskey(DTYPES, dtype) || error("unknown dtype $(repr(dtype))")
    compile(one, request, dtype)
    return in_the_newest_world(one, request, item)
end

"""What was defined or loaded while a rule was asked before is seen now, as it would be at the prompt."""
in_the_newest_world(one::Rule, request::String, item) = Base.invokelatest(answered, one, request, item)

function answered(one::Rule, request::String, item)
    T = DTYPES[item["dtype"]]
    A = square_of(item["matrix"], T)
    given = copy(A)
    found = Dict{String,Any}()
    if request == "primal"
        found["primal"] = shown(one, one.primal(given))
    elseif request == "rrule"
        one.rrule === nothing && error("the rule $(one.name) has no rrule")
        primal, pullback = one.rrule(given)
        found["primal"] = shown(one, primal)
        cotangents = item["cotangents"]
        found["gradients"] = Any[@guarded(gradient(one, pullback, cotangent, T, size(A))) for cotangent in cotangents]
    else
        one.pushforward === nothing && error("the rule $(one.name) has no pushforward")
        found["tangents"] = Any[
            @guarded(shown(one, one.pushforward(given, square_of(tangent, T)))) for tangent in item["tangents"]
        ]
    end
    # bytes, since NaN equals nothing
    same = size(A) == size(given) && reinterpret(UInt8, vec(A)) == reinterpret(UInt8, vec(given))
    same || (found["mutated"] = "the rule changed its input A")
    return found
end

function gradient(one::Rule, pullback, cotangent, ::Type{T}, shape) where {T}
    values_bar = haskey(cotangent, "values") ? vector(cotangent["values"], T) : nothing
    vectors_bar = haskey(cotangent, "vectors") ? square(cotangent["vectors"], T) : nothing
    back = with_vectors(one) ? pullback((values_bar, vectors_bar)) : pullback(values_bar)
    back === nothing && return written(zeros(T, shape))
    return written(dense(back))
end

dense(matrix::AbstractMatrix{<:Number}) = Matrix(matrix)
dense(other) = error("a gradient must be a matrix of numbers, not a $(typeof(other))")

"""A primal or its tangent as the protocol has it."""
function shown(one::Rule, found)
    with_vectors(one) || return Dict{String,Any}("values" => written(numbers_of(found)))
    values, vectors = found
    return Dict{String,Any}("values" => written(numbers_of(values)), "vectors" => written(dense(vectors)))
end

numbers_of(values::AbstractVector{<:Number}) = values
numbers_of(other) = error("eigenvalues must be a vector of numbers, not a $(typeof(other))")
