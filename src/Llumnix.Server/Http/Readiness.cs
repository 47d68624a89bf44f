namespace Llumnix.Server.Http;

/// <summary>Whether gateways should use this scheduler: combines the checks of all parts.</summary>
/// <param name="checks">Each returns why its part is not ready, or null.</param>
/// <param name="warnings">Each returns what does not work in its part although the scheduler is ready, or null.</param>
/// <param name="role">Tells the role among several schedulers; null where there is one.</param>
internal sealed class Readiness(IEnumerable<Func<string?>> checks, IEnumerable<Func<string?>> warnings, Func<string>? role = null)
{
    private readonly Func<string?>[] _checks = [.. checks];
    private readonly Func<string?>[] _warnings = [.. warnings];

    /// <summary>The state at this moment.</summary>
    internal ReadinessReport Report()
    {
        string reason = Join(_checks);
        return new ReadinessReport(reason.Length == 0, reason, Join(_warnings), role?.Invoke());
    }

    private static string Join(Func<string?>[] parts) => string.Join("; ", parts.Select(static part => part()).Where(static text => text is not null));
}
