# The rules that this worker offers: what is known of each, and how it is asked.

"""
A rule under test.

`rrule(A) -> (primal, pullback)` and `pushforward(A, A_dot) -> primal_dot`; `nothing` where there is none. `primal(A)`
is asked where no derivative is wanted. A primal, a cotangent or a primal tangent is a vector for `eigvals` and
`eigvalsh`, the pair `(values, vectors)` for `eig` and `eigh`; `nothing` is an absent part of a cotangent.
"""
struct Rule
    name::String
    func::String
    domain::String
    uplo::Union{Nothing,String}
    dtypes::Vector{String}
    convention::String
    source::String
    primal::Any
    rrule::Any
    pushforward::Any
end

const RULES = Rule[]

const FUNCTIONS = ("eigvals", "eig", "eigvalsh", "eigh")
const DOMAINS = ("general", "symmetric", "upper", "lower")

with_vectors(rule::Rule) = rule.func in ("eig", "eigh")

several(one::AbstractString) = [String(one)]
several(many) = [String(one) for one in many]

"""
    EigcheckWorker.rule(name, function; domain="general", uplo=nothing, dtypes=..., pushforward=nothing, ...) do A
        ...
        return primal, pullback
    end

Offer a rule of your own. `function` is `"eigvals"`, `"eig"`, `"eigvalsh"` or `"eigh"`; it and `domain` may be several.
The gradient is that of the pairing Re tr(X'Y): for complex A it is dL/dRe A + i dL/dIm A.
"""
function rule(
    rrule,
    name::AbstractString,
    functions;
    domain="general",
    uplo=nothing,
    dtypes=DTYPE_NAMES,
    pushforward=nothing,
    convention="lapack",
    source="",
    primal=nothing,
)
    for func in several(functions), place in several(domain)
        func in FUNCTIONS || error("rule $name: there is no function $func; there are $(join(FUNCTIONS, ", "))")
        place in DOMAINS || error("rule $name: there is no domain $place; there are $(join(DOMAINS, ", "))")
        (rrule === nothing && pushforward === nothing) && error("rule $name has neither an rrule nor a pushforward")
        (rrule === nothing && primal === nothing) && error("rule $name has no rrule, so it needs a primal")
        key = (String(name), func, place, uplo)
        any(known -> (known.name, known.func, known.domain, known.uplo) == key, RULES) &&
            error("rule $name for $func on $place is offered twice")
        ask = primal === nothing ? A -> first(rrule(A)) : primal
        push!(RULES, Rule(key..., several(dtypes), convention, source, ask, rrule, pushforward))
    end
    return nothing
end

"""The hello of this worker."""
hello() = Dict{String,Any}(
    "protocol" => "eigcheck-worker/1",
    "name" => "julia $VERSION",
    "compiles" => true,
    "rules" => Any[offer(one) for one in RULES],
)

function offer(one::Rule)
    modes = String[]
    one.rrule === nothing || push!(modes, "reverse")
    one.pushforward === nothing || push!(modes, "forward")
    told = Dict{String,Any}(
        "name" => one.name,
        "function" => one.func,
        "domain" => one.domain,
        "uplo" => one.uplo,
        "dtypes" => one.dtypes,
        "modes" => modes,
        "pairing" => "real-part",
        "convention" => one.convention,
        "source" => isempty(one.source) ? "a rule of one's own in Julia $VERSION" : one.source,
    )
    return told
end
