# Standard output belongs to the protocol: what rules print goes to standard error, and nothing reads standard input.

"""Duplicates of standard input and output for the protocol alone."""
function taken_streams()
    input = duplicate(0)
    output = duplicate(1)
    redirect_stdout(stderr)
    redirect_stdin(open(Sys.iswindows() ? "NUL" : "/dev/null"))
    return input, output
end

function duplicate(descriptor::Int)
    copy = Sys.iswindows() ? ccall(:_dup, Cint, (Cint,), descriptor) : ccall(:dup, Cint, (Cint,), descriptor)
    copy >= 0 || error("cannot duplicate the standard stream $descriptor")
    return fdio(copy, true)
end

function say(output::IO, message)
    line = IOBuffer()
    write_json(line, message)
    print(line, '\n')
    # what was printed belongs to this message, and to nobody if the process dies first
    flush(stdout)
    flush(stderr)
    write(output, take!(line))
    flush(output)
end

"""Say hello, then answer line by line until told to stop or nobody is there."""
function serve(input::IO, output::IO)
    say(output, hello())
    while !eof(input)
        line = readline(input)
        message = reply(line)
        say(output, message)
        is_farewell(line, message) && return
    end
end

is_farewell(line, message) =
    haskey(message, "items") && isempty(message["items"]) && occursin("\"shutdown\"", line) &&
    get(parse_json(line), "request", nothing) == "shutdown"
