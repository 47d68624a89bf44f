namespace Llumnix.Testing.Kubernetes;

/// <summary>A pod as the fake API server shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid.</param>
/// <param name="Ip">Its address; null when it has none.</param>
public sealed record FakePod(string Name, string Uid, string? Ip)
{
    /// <summary>Whether its Ready condition is true.</summary>
    public bool IsReady { get; init; } = true;

    /// <summary>Whether it is being deleted.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>Its phase.</summary>
    public string Phase { get; init; } = "Running";

    /// <summary>Second of the day in which it was created.</summary>
    public int CreatedAt { get; init; }

    /// <summary>Its node; empty while it has none.</summary>
    public string Node { get; init; } = "";

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Its JSON object, without kind.</summary>
    /// <param name="version">Its resource version.</param>
    public object ToJson(long version) => new
    {
        apiVersion = "v1",
        kind = "Pod",
        metadata = new
        {
            name = Name,
            uid = Uid,
            resourceVersion = $"{version}",
            creationTimestamp = $"2026-01-01T00:00:{CreatedAt:00}Z",
            labels = Labels,
            annotations = Annotations,
            deletionTimestamp = IsTerminating ? "2026-01-01T00:00:00Z" : null,
        },
        spec = new { nodeName = Node },
        status = new { phase = Phase, podIP = Ip, conditions = new[] { new { type = "Ready", status = IsReady ? "True" : "False" } } },
    };
}
