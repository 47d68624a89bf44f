using Llumnix.Adapters.Options;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Options;

namespace Llumnix.Server.WhatIf;

/// <summary>What readers of a comparison must know of it, in sentences.</summary>
internal static class WhatIfNotes
{
    internal static IEnumerable<string> Of(
        RecordedArrivals arrivals, SimulatedFleet fleet, FleetSample sample, OptionsParseResult<SchedulerOptions> changed, bool hasMadeTables)
    {
        yield return $"The engines' step times come from {fleet.Model}, and vary by {SimulatedFleet.Noise:P0}.";
        int unknown = arrivals.Count - arrivals.KnownOutputs;
        if (arrivals.MeanKnownOutput is { } mean)
        {
            yield return unknown == 0
                ? FormattableString.Invariant($"The lengths of all answers are known, {mean:0} tokens on average.")
                : FormattableString.Invariant($"The lengths of {unknown} of {arrivals.Count} answers are not known; each is drawn from those of the others, {mean:0} tokens on average.");
        }
        else
        {
            yield return "No gateway has reported how long answers were; their lengths are drawn from the built-in workload azure-conversation, 211 tokens on average.";
        }

        if (fleet.LeftOut > 0)
        {
            yield return FormattableString.Invariant($"{fleet.LeftOut} of {sample.Instances.Count} instances get no requests now and are left out.");
        }

        yield return "The simulated fleet begins empty.";
        if (changed.Options.CacheAware.IsEnabled)
        {
            yield return "What prompts share is not known: no prompt hits a prefix cache.";
        }

        if (sample.Instances.SelectMany(static instance => instance.Models).Distinct(StringComparer.Ordinal).Count() > 1)
        {
            yield return "Models are not told apart: every instance serves every request.";
        }

        if (hasMadeTables)
        {
            yield return "The changed scheduler is given the simulated engines' step times as its profiling tables, so that its predictions are better than with measured ones.";
        }

        foreach (OptionProblem warning in changed.Warnings)
        {
            yield return warning.ToString();
        }
    }
}
