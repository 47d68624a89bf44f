using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options.Parsing;

/// <summary>The message about a name that no option has.</summary>
internal static class UnknownOption
{
    public static string Describe(string name)
    {
        string nearest = NearestName.Find(name.Replace('_', '-'), OptionTable.Names);
        return $"unknown; the nearest known is {(nearest.Length == 1 ? "-" : "--")}{nearest}";
    }
}
