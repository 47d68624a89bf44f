namespace Llumnix.Scheduling.Profiles;

/// <summary>Instances that the same tables describe. Immutable.</summary>
/// <param name="Name">The name of the rule that names its instances; <see cref="DefaultName"/> or <see cref="NoneName"/> for those of no rule.</param>
/// <param name="Profile">Their step times.</param>
/// <param name="Rank">Its place among the classes, from 0.</param>
public sealed record ProfileClass(string Name, LatencyProfile Profile, int Rank = 0)
{
    /// <summary>The class of instances that no rule names, where there are tables for these.</summary>
    public const string DefaultName = "default";

    /// <summary>The class of instances without tables.</summary>
    public const string NoneName = "none";

    /// <summary>Whether there are tables for its instances; else all their latencies are <see cref="LatencyProfile.Unknown"/>.</summary>
    public bool HasTables => Profile != LatencyProfile.Unknown;

    /// <summary>Whether a rule names its instances.</summary>
    public bool IsOfRule => Name is not (DefaultName or NoneName);
}
