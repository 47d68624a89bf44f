namespace Llumnix.Adapters.Otlp;

/// <summary>Where one kind of telemetry is sent. No record: its text must not hold the headers, which may be credentials.</summary>
public sealed class OtlpCollector
{
    /// <summary>The address, http or https; over HTTP with its whole path.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Whether OTLP is spoken over plain HTTP and not over gRPC.</summary>
    public bool IsOverHttp { get; init; }

    /// <summary>Headers of every call, as <c>name=value</c> with commas between, values percent-encoded; empty for none.</summary>
    public string Headers { get; init; } = "";

    /// <summary>Longest time of one call, above 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Certificate authorities in PEM, instead of the system's; empty for the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>The address without its query, which may hold a key: for logs.</summary>
    internal string Name => Endpoint.GetLeftPart(UriPartial.Path);

    /// <summary>The headers, one by one.</summary>
    internal IEnumerable<KeyValuePair<string, string>> ParsedHeaders => Headers
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(static header => header.Split('=', 2, StringSplitOptions.TrimEntries))
        .Select(static parts => KeyValuePair.Create(parts[0], Uri.UnescapeDataString(parts[1])));
}
