namespace Llumnix.Server.Options;

/// <summary>What several schedulers of one fleet do.</summary>
public enum ReplicaMode
{
    /// <summary>As the other options say: <see cref="Leader"/> with leases, otherwise <see cref="ActiveActive"/>.</summary>
    Automatic,

    /// <summary>One decides, and the others forward to it.</summary>
    Leader,

    /// <summary>Each decides.</summary>
    ActiveActive,
}
