using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Prediction;

/// <summary>Holds for instances one of whose values of a trait fits one of some patterns; for none whose metadata do not tell the trait.</summary>
/// <param name="Trait">The trait.</param>
/// <param name="Patterns">The patterns: <c>*</c> stands for any characters, <c>?</c> for one.</param>
public sealed record InstanceCondition(InstanceTrait Trait, IReadOnlyList<string> Patterns)
{
    /// <summary>Whether it holds for an instance.</summary>
    public bool Holds(InstanceMetadata metadata)
    {
        foreach (string value in Trait.ValuesOf(metadata))
        {
            foreach (string pattern in Patterns)
            {
                if (TextPattern.Matches(pattern, value))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
