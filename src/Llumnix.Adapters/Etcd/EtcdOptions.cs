using Llumnix.Adapters.Secrets;

namespace Llumnix.Adapters.Etcd;

/// <summary>The address of an etcd cluster, and the timeouts and credentials of its clients.</summary>
public sealed record EtcdOptions
{
    /// <summary>
    /// The members: <c>host:port</c> (cleartext), or <c>http://host:port</c>, <c>https://host:port</c>; port 2379 when left out. At least one; a
    /// cluster works with any one that answers.
    /// </summary>
    public IReadOnlyList<string> Endpoints { get; init; } = ["etcd:2379"];

    /// <summary>User name; empty: no authentication.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password.</summary>
    public Secret Password { get; init; }

    /// <summary>PEM file with the certificate authorities that https members' certificates are checked against; empty: the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>How long opening a connection may take; above zero. The other members are tried meanwhile.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a call to one member may take; above zero. Long answers are read in pages, each a call.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a member may take to prove that it has the quorum; above zero. It bounds how fast a failure is noticed.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>The options without their secrets, also those within an endpoint's URL, where they are not used.</summary>
    public override string ToString() =>
        $"{string.Join(',', Endpoints.Select(EtcdEndpoint.Show))}, user '{User}', dial timeout {DialTimeout}, call timeout {CallTimeout}";
}
