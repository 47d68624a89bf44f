using System.Globalization;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.WebConsole.Tests.Browser;

/// <summary>Values as the console writes them.</summary>
internal static class ConsoleText
{
    /// <summary>A whole number.</summary>
    internal static string Number(long? number) => number!.Value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share: small ones with a decimal.</summary>
    internal static string Percent(double share) =>
        (share * 100).ToString(share is > 0 and < 0.1 ? "F1" : "F0", CultureInfo.InvariantCulture) + " %";

    /// <summary>The first cells of an instance's row: all but the age of its signal and the reason of its health.</summary>
    internal static string[] Cells(FleetInstance instance) =>
    [
        instance.Id, instance.Health, instance.Role, Known(instance.Unit), Known(instance.Node), Known(string.Join(", ", instance.Models)),
        Number(instance.Running), Number(instance.Waiting), Percent((double)instance.KvUsedTokens!.Value / instance.KvTotalTokens!.Value), Number(instance.InFlight),
    ];

    private static string Known(string text) => text.Length == 0 ? "–" : text;
}
