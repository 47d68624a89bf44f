namespace Llumnix.Scheduling.Dispatch;

/// <summary>The ledger of requests that have been sent and that the engines do not report yet.</summary>
public sealed record LedgerOptions
{
    /// <summary>Whether such requests count as load: <c>--enable-instance-status-local-account</c>.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>An entry that no engine has acknowledged is dropped after this time, above zero: <c>--request-local-account-staleness-seconds</c>.</summary>
    public TimeSpan EntryLifetime { get; init; } = TimeSpan.FromSeconds(10);
}
