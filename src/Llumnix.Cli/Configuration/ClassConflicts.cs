using Llumnix.Scheduling.Prediction;

namespace Llumnix.Cli.Configuration;

/// <summary>Classes of <c>--latency-profiles</c> that take instances from each other in a way that is hardly meant.</summary>
internal static class ClassConflicts
{
    /// <summary>A sentence for each of them.</summary>
    /// <param name="rules">The classes, in order.</param>
    /// <param name="hasDefault">Whether there are tables for instances that no class names.</param>
    internal static IEnumerable<string> Find(IReadOnlyList<ProfileRule> rules, bool hasDefault)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            ProfileRule later = rules[i];
            ProfileRule[] before = [.. rules.Take(i)];
            if (Array.Find(before, earlier => earlier.Covers(later)) is { } taker)
            {
                yield return $"class {later.Name} never gets an instance: the earlier class {taker.Name} names all of them; put it before {taker.Name}";
                continue;
            }

            // A later class that names all of an earlier one's instances and more is the usual order: from the special to the general.
            foreach (ProfileRule earlier in before.Where(earlier => earlier.MayShare(later) && !later.Covers(earlier)))
            {
                yield return $"classes {earlier.Name} and {later.Name} may name the same instances; {earlier.Name}, which comes first, gets them";
            }
        }

        if (rules.Count > 0 && !hasDefault && rules.All(static rule => rule.Conditions.Count > 0))
        {
            yield return "instances that no class names have no tables and meet no target; give default tables by --ttft-profiling-data-path and --tpot-profiling-data-path, or end with a class without conditions";
        }
    }
}
