namespace Llumnix.Scheduling.Dispatch;

/// <summary>Options of the dispatch ledger, which holds the requests in flight.</summary>
public sealed record LedgerOptions
{
    /// <summary>Whether requests in flight count as load: <c>--enable-instance-status-local-account</c>.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Lifetime of an entry that is not acknowledged, above zero: <c>--request-local-account-staleness-seconds</c>.</summary>
    public TimeSpan EntryLifetime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether statuses are readings of the engines' own metrics, which name no requests, so that the ledger follows each request to its end instead of
    /// to its acknowledgement.
    /// </summary>
    public bool IsReconciled { get; init; }

    /// <summary>How long a reconciled entry is kept of which nothing is heard, neither a report nor its end; above zero.</summary>
    public TimeSpan SilentEntryLifetime { get; init; } = TimeSpan.FromMinutes(10);
}
