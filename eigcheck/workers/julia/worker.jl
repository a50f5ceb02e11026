# The Julia worker of eigcheck: offers the rules of ChainRules, Zygote and ForwardDiff that the active project has, and
# those that .jl files named on the command line offer with `EigcheckWorker.rule`.
#
#     julia --project=. worker.jl [--no-packages] [FILE.jl ...]
#
# It speaks the protocol eigcheck-worker/1 on standard input and output. Standard library only; Julia 1.5 or newer.

module EigcheckWorker

using LinearAlgebra

include("json.jl")
using .JSON

include("values.jl")
include("rules.jl")
include("answers.jl")
include("compiling.jl")
include("streams.jl")
include("packages.jl")
include("chainrules.jl")
include("zygote.jl")
include("forwarddiff.jl")

const PACKAGES = ((:ChainRules, offer_chainrules), (:Zygote, offer_zygote), (:ForwardDiff, offer_forwarddiff))

end

let (input, output) = EigcheckWorker.taken_streams()
    global eigcheck_streams = (input, output)
end
EigcheckWorker.LinearAlgebra.BLAS.set_num_threads(1)
# Each step on its own at the top level: what a package or file defines is seen by the steps after it.
if !("--no-packages" in ARGS)
    const eigcheck_packages = [(EigcheckWorker.package(name), offer) for (name, offer) in EigcheckWorker.PACKAGES]
    for (loaded, offer) in eigcheck_packages
        loaded === nothing || Base.invokelatest(EigcheckWorker.offer_from, loaded, offer)
    end
end
for file in filter(name -> name != "--no-packages", ARGS)
    include(abspath(file))
end
if isempty(EigcheckWorker.RULES)
    println(stderr, EigcheckWorker.nothing_to_offer(!("--no-packages" in ARGS)))
    exit(1)
end
EigcheckWorker.serve(eigcheck_streams...)
