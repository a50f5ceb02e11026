# JSON by hand, since the standard library has none. Objects become Dict{String,Any}, arrays Vector{Any}.
module JSON

export parse_json, write_json

struct Unreadable <: Exception
    message::String
end
Base.showerror(io::IO, error::Unreadable) = print(io, error.message)

mutable struct Reader
    text::Vector{UInt8}
    place::Int
end

"""The value that a text holds. Throws `Unreadable`, with the place, for what is no JSON."""
function parse_json(text::AbstractString)
    reader = Reader(Vector{UInt8}(String(text)), 1)
    value = read_value(reader, 0)
    skip_blanks(reader)
    reader.place > length(reader.text) || refuse(reader, "something follows the value")
    return value
end

const DEEPEST = 200

function read_value(reader::Reader, depth::Int)
    depth < DEEPEST || refuse(reader, "it is nested too deeply")
    skip_blanks(reader)
    byte = peek_byte(reader)
    byte == UInt8('{') && return read_object(reader, depth)
    byte == UInt8('[') && return read_array(reader, depth)
    byte == UInt8('"') && return read_string(reader)
    byte == UInt8('t') && return read_word(reader, "true", true)
    byte == UInt8('f') && return read_word(reader, "false", false)
    byte == UInt8('n') && return read_word(reader, "null", nothing)
    return read_number(reader)
end

function read_object(reader::Reader, depth::Int)
    object = Dict{String,Any}()
    reader.place += 1
    skip_blanks(reader)
    peek_byte(reader) == UInt8('}') && (reader.place += 1; return object)
    while true
        skip_blanks(reader)
        peek_byte(reader) == UInt8('"') || refuse(reader, "a key must be a string")
        key = read_string(reader)
        skip_blanks(reader)
        expect(reader, ':')
        object[key] = read_value(reader, depth + 1)
        skip_blanks(reader)
        peek_byte(reader) == UInt8('}') && (reader.place += 1; return object)
        expect(reader, ',')
    end
end

function read_array(reader::Reader, depth::Int)
    array = Any[]
    reader.place += 1
    skip_blanks(reader)
    peek_byte(reader) == UInt8(']') && (reader.place += 1; return array)
    while true
        push!(array, read_value(reader, depth + 1))
        skip_blanks(reader)
        peek_byte(reader) == UInt8(']') && (reader.place += 1; return array)
        expect(reader, ',')
    end
end

function read_string(reader::Reader)
    reader.place += 1
    bytes = UInt8[]
    while true
        byte = next_byte(reader)
        if byte == UInt8('"')
            text = String(bytes)
            isvalid(text) || refuse(reader, "a string is no UTF-8")
            return text
        elseif byte == UInt8('\\')
            append!(bytes, codeunits(read_escape(reader)))
        else
            byte >= 0x20 || refuse(reader, "a control character in a string must be escaped")
            push!(bytes, byte)
        end
    end
end

const ESCAPES = Dict{Char,String}(
    '"' => "\"", '\\' => "\\", '/' => "/", 'b' => "\b", 'f' => "\f", 'n' => "\n", 'r' => "\r", 't' => "\t"
)

function read_escape(reader::Reader)
    letter = Char(next_byte(reader))
    letter == 'u' || return get(() -> refuse(reader, "there is no escape \\$letter"), ESCAPES, letter)
    unit = read_hex(reader)
    if 0xd800 <= unit < 0xdc00  # the first half of a pair
        (next_byte(reader) == UInt8('\\') && next_byte(reader) == UInt8('u')) || refuse(reader, "half a surrogate pair")
        low = read_hex(reader)
        0xdc00 <= low < 0xe000 || refuse(reader, "half a surrogate pair")
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
    end
    return string(Char(unit))
end

function read_hex(reader::Reader)
    digits = String([next_byte(reader) for _ in 1:4])
    value = tryparse(UInt32, digits; base=16)
    return value === nothing ? refuse(reader, "\\u needs four hexadecimal digits") : value
end

function read_word(reader::Reader, word::String, value)
    for letter in codeunits(word)
        next_byte(reader) == letter || refuse(reader, "$word was expected")
    end
    return value
end

const IN_NUMBERS = Set{UInt8}(codeunits("+-.eE0123456789"))
const NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$"

function read_number(reader::Reader)
    start = reader.place
    while reader.place <= length(reader.text) && reader.text[reader.place] in IN_NUMBERS
        reader.place += 1
    end
    text = String(reader.text[start:reader.place-1])
    occursin(NUMBER, text) || (reader.place = start; refuse(reader, "a value was expected"))
    if !any(in(text), ('.', 'e', 'E'))
        whole = tryparse(Int64, text)
        # -0 has no sign as an integer
        whole === nothing || text == "-0" || return whole
    end
    return parse(Float64, text)
end

function skip_blanks(reader::Reader)
    while reader.place <= length(reader.text) && reader.text[reader.place] in (0x20, 0x09, 0x0a, 0x0d)
        reader.place += 1
    end
end

peek_byte(reader::Reader) =
    reader.place <= length(reader.text) ? reader.text[reader.place] : refuse(reader, "it ends too early")

function next_byte(reader::Reader)
    byte = peek_byte(reader)
    reader.place += 1
    return byte
end

expect(reader::Reader, letter::Char) =
    next_byte(reader) == UInt8(letter) || (reader.place -= 1; refuse(reader, "$letter was expected"))

refuse(reader::Reader, why::String) = throw(Unreadable("no JSON at byte $(reader.place): $why"))

"""Write a value as JSON. Numbers must be finite; `values.jl` makes words of others."""
write_json(io::IO, value::Nothing) = print(io, "null")
write_json(io::IO, value::Bool) = print(io, value)
write_json(io::IO, value::Integer) = print(io, value)
write_json(io::IO, value::Float64) = print(io, value)  # the shortest digits that give the same double

function write_json(io::IO, value::AbstractString)
    print(io, '"')
    for letter in value
        if letter == '"' || letter == '\\'
            print(io, '\\', letter)
        elseif !isvalid(letter)
            print(io, "\\ufffd")
        elseif letter < ' '
            print(io, "\\u", string(UInt32(letter); base=16, pad=4))
        else
            print(io, letter)
        end
    end
    print(io, '"')
end

function write_json(io::IO, values::Union{AbstractVector,Tuple})
    print(io, '[')
    for (k, value) in enumerate(values)
        k > 1 && print(io, ',')
        write_json(io, value)
    end
    print(io, ']')
end

function write_json(io::IO, object::AbstractDict)
    print(io, '{')
    for (k, (key, value)) in enumerate(object)
        k > 1 && print(io, ',')
        write_json(io, string(key))
        print(io, ':')
        write_json(io, value)
    end
    print(io, '}')
end

end
