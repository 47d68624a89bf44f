using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Prediction;

/// <summary>Which tables describe which instance. Immutable.</summary>
public sealed class ProfileClasses
{
    /// <summary>Largest number of rules.</summary>
    public const int MaxRules = 64;

    private readonly ProfileRule[] _rules;
    private readonly ProfileClass[] _classes;

    /// <summary>Tables by rules.</summary>
    /// <param name="rules">The rules; the first one that names an instance decides. Their names differ.</param>
    /// <param name="fallback">The tables of instances that no rule names; null for none.</param>
    public ProfileClasses(IReadOnlyList<ProfileRule> rules, LatencyProfile? fallback)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rules.Count, MaxRules);
        _rules = [.. rules];
        _classes =
        [
            .. rules.Select(static (rule, i) => new ProfileClass(rule.Name, rule.Profile, i)),
            new ProfileClass(fallback is null ? ProfileClass.NoneName : ProfileClass.DefaultName, fallback ?? LatencyProfile.Unknown, rules.Count),
        ];
    }

    /// <summary>The classes, in the order of their ranks: those of the rules, then that of instances that no rule names.</summary>
    public IReadOnlyList<ProfileClass> All => _classes;

    /// <summary>The class of an instance.</summary>
    public ProfileClass Of(InstanceMetadata metadata)
    {
        for (int i = 0; i < _rules.Length; i++)
        {
            if (_rules[i].Matches(metadata))
            {
                return _classes[i];
            }
        }

        return _classes[^1];
    }
}
