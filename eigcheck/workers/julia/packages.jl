# Packages of the active project, loaded if they can be. What cannot be is told on standard error and not offered.

"""Those that the active project names, whether or not they could be loaded."""
const NAMED = String[]

"""The package of this name, or `nothing` where the active project names none or it cannot be loaded."""
function package(name::Symbol)
    # not `find_package`, which does not tell a package that is not installed from one that nobody asked for
    Base.identify_package(String(name)) === nothing && return nothing
    push!(NAMED, String(name))
    try
        return Base.require(Main, name)
    catch error
        error isa InterruptException && rethrow()
        println(stderr, "$name cannot be loaded: ", first(sprint(showerror, error), LONGEST))
        return nothing
    end
end

"""Why there is nothing to offer, and what to do about it."""
function nothing_to_offer(asked::Bool)
    asked || return "no rules: no FILE.jl offers one, and --no-packages leaves out those of packages"
    isempty(NAMED) && return "no rules: the active project has neither ChainRules nor Zygote nor ForwardDiff, and no FILE.jl offers one"
    # the reasons were told before, but of standard error only the end is shown
    return string(
        "no rules: nothing of ", join(NAMED, ", ", " and "), " can be offered. `using $(first(NAMED))` in the active project, ",
        something(Base.active_project(), "none"), ", tells why; `using Pkg; Pkg.instantiate()` there installs what is missing",
    )
end

"""Offer what a package has. One that is too old or too new for this worker is told, and costs the others nothing."""
function offer_from(loaded::Module, offer)
    before = length(RULES)
    try
        offer(loaded)
    catch error
        error isa InterruptException && rethrow()
        resize!(RULES, before)
        println(stderr, "nothing of $(nameof(loaded)) can be offered: ", first(sprint(showerror, error), LONGEST))
    end
end

"""A package's version as its project says it, for the rules' source."""
function version_of(loaded::Module)
    try
        folder = dirname(dirname(pathof(loaded)))
        for line in eachline(joinpath(folder, "Project.toml"))
            found = match(r"^version\s*=\s*\"([^\"]+)\"", line)
            found === nothing || return string(nameof(loaded), " ", found[1])
        end
    catch
    end
    return string(nameof(loaded))
end

"""The wrapped matrix of which eigcheck's `eigvalsh` and `eigh` read a triangle."""
wrapped(::Type{W}, A, uplo::String) where {W} = W(A, Symbol(uplo))

values_of(F::Eigen) = F.values
pair_of(F::Eigen) = (F.values, F.vectors)

"""Domain, uplo and triangle of the rules for a wrapper's matrix, and for the plain one under its constructor."""
const WRAPPED = (("symmetric", nothing, "L"), ("symmetric", "U", "U"))
const CONSTRUCTED = (("upper", nothing, "U"), ("lower", nothing, "L"))
