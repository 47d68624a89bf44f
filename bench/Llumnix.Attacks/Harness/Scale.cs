namespace Llumnix.Attacks.Harness;

/// <summary>How large the attacks are: in full, or just large enough to show that each of them runs.</summary>
/// <param name="IsSmoke">The small ones.</param>
internal sealed record Scale(bool IsSmoke)
{
    /// <summary>Time before the measurement, in which code is compiled.</summary>
    internal TimeSpan WarmUp => TimeSpan.FromSeconds(Of(3, 0.1));

    /// <summary>Time in which the good clients are measured undisturbed.</summary>
    internal TimeSpan Undisturbed => TimeSpan.FromSeconds(Of(5, 0.1));

    /// <summary>How long what an attack holds is held, or what it repeats is repeated.</summary>
    internal TimeSpan Hold => TimeSpan.FromSeconds(Of(10, 0.1));

    /// <summary>Time after the attack, until memory is read again.</summary>
    internal TimeSpan Settling => TimeSpan.FromSeconds(Of(5, 0.1));

    /// <summary>What 99 of 100 good requests may take beside an attack. The small ones tell nothing of it: their few requests come right after the start.</summary>
    internal double LongestP99Ms => Of(1000, double.PositiveInfinity);

    /// <summary>Bound on an attack.</summary>
    internal TimeSpan Limit => TimeSpan.FromSeconds(Of(90, 15));

    /// <summary>The one number or the other.</summary>
    internal int Of(int full, int smoke) => IsSmoke ? smoke : full;

    /// <summary>The one number or the other.</summary>
    internal double Of(double full, double smoke) => IsSmoke ? smoke : full;
}
