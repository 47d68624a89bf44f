namespace Llumnix.Scheduling.Dispatch;

/// <summary>Options of the dispatch ledger, which holds the requests in flight.</summary>
public sealed record LedgerOptions
{
    /// <summary>Whether requests in flight count as load: <c>--enable-instance-status-local-account</c>.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Lifetime of an entry that is not acknowledged, above zero: <c>--request-local-account-staleness-seconds</c>.</summary>
    public TimeSpan EntryLifetime { get; init; } = TimeSpan.FromSeconds(10);
}
