using System.Reflection;

namespace Llumnix.Server.Telemetry;

/// <summary>The version of this build.</summary>
public static class BuildVersion
{
    private static readonly string[] Parts =
        (typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+', 2);

    /// <summary>The version, such as 0.1.0.</summary>
    public static string Version => Parts[0];

    /// <summary>The source revision; empty where it was not built from a repository.</summary>
    public static string Revision => Parts.Length > 1 ? Parts[1] : "";
}
