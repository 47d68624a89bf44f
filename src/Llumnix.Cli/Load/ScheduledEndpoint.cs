namespace Llumnix.Cli.Load;

/// <summary>Where an instance serves its API.</summary>
internal sealed record ScheduledEndpoint(string Host, int Port)
{
    /// <summary>Whether a request can be sent there.</summary>
    public bool IsUsable => Uri.CheckHostName(Host) != UriHostNameType.Unknown && Port is > 0 and <= ushort.MaxValue;

    /// <summary>The address of a path there.</summary>
    public Uri ToUri(string path) => new UriBuilder(Uri.UriSchemeHttp, Host, Port, path).Uri;

    /// <summary><c>host:port</c>.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
