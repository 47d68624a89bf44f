namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>Where a scheduler is and how it is talked to.</summary>
/// <param name="Url">Its base address, such as <c>http://127.0.0.1:8002</c>.</param>
public sealed record SchedulerAccess(Uri Url)
{
    /// <summary>Sent as the value of <c>Authorization</c>; empty: not sent.</summary>
    public string ServiceToken { get; init; } = "";

    /// <summary>Longest wait for one answer, above 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The address of one of its paths.</summary>
    internal Uri At(string path) => new(Url, path);

    /// <inheritdoc/>
    public override string ToString() => Url.Authority;
}
