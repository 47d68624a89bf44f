namespace Llumnix.Server.Http;

/// <summary>Whether gateways should use this scheduler: combines the checks of all parts.</summary>
/// <param name="checks">Each returns why its part is not ready, or null.</param>
/// <param name="findWarning">Returns what does not work although the scheduler is ready, or null.</param>
/// <param name="role">Tells the role among several schedulers; null where there is one.</param>
internal sealed class Readiness(IEnumerable<Func<string?>> checks, Func<string?> findWarning, Func<string>? role = null)
{
    private readonly Func<string?>[] _checks = [.. checks];

    /// <summary>The state at this moment.</summary>
    internal ReadinessReport Report()
    {
        string reason = string.Join("; ", _checks.Select(static check => check()).Where(static reason => reason is not null));
        return new ReadinessReport(reason.Length == 0, reason, findWarning() ?? "", role?.Invoke());
    }
}
