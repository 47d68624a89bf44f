using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Prediction;

/// <summary>Names the instances of a class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Conditions">All of them hold for its instances; without any, every instance is one.</param>
/// <param name="Profile">The tables of its instances.</param>
public sealed record ProfileRule(string Name, IReadOnlyList<InstanceCondition> Conditions, LatencyProfile Profile)
{
    /// <summary>Whether an instance is one of the class.</summary>
    public bool Matches(InstanceMetadata metadata)
    {
        foreach (InstanceCondition condition in Conditions)
        {
            if (!condition.Holds(metadata))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it names every instance that another one names; false also where that cannot be seen easily.</summary>
    public bool Covers(ProfileRule other) => Conditions.All(condition =>
        other.Conditions.Any(narrower => narrower.Trait.Name == condition.Trait.Name
            && narrower.Patterns.All(pattern => condition.Patterns.Any(wider => TextPattern.Covers(wider, pattern)))));

    /// <summary>Whether an instance may be named by both; true also where that cannot be excluded easily.</summary>
    public bool MayShare(ProfileRule other) => Conditions.All(condition =>
        other.Conditions.All(own => own.Trait.Name != condition.Trait.Name || own.Trait.Name == "model"
            || own.Patterns.Any(a => condition.Patterns.Any(b => TextPattern.MayShare(a, b)))));
}
