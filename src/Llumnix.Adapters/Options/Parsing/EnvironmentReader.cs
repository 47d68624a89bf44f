using System.Text.RegularExpressions;
using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>
/// Reads environment variables. An empty one equals none. Kubernetes sets variables for a service named <c>llumnix-scheduler</c> that have our prefix
/// (even <c>LLUMNIX_SCHEDULER_PORT=tcp://...</c>); those are ignored.
/// </summary>
internal static partial class EnvironmentReader
{
    public static List<OptionAssignment> Read(OptionTable table, IReadOnlyDictionary<string, string> environment, List<OptionProblem> problems)
    {
        FindUnknown(table, environment, problems);
        IEnumerable<OptionAssignment> assignments =
            from option in table.Definitions
            from variable in VariablesOf(table, option)
            let text = environment.GetValueOrDefault(variable, "")
            where text.Length > 0 && !IsFromKubernetes(variable, text)
            select new OptionAssignment(option, text, Source(variable));
        return [.. assignments];
    }

    // The option's own variable comes last and so wins.
    private static IEnumerable<string> VariablesOf(OptionTable table, OptionDefinition option) =>
        [.. option.EnvironmentAliases, .. option.Aliases.Select(table.ToEnvironmentVariable), table.ToEnvironmentVariable(option.Name)];

    private static void FindUnknown(OptionTable table, IReadOnlyDictionary<string, string> environment, List<OptionProblem> problems)
    {
        foreach ((string variable, string text) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            bool isOurs = variable.StartsWith(table.EnvironmentPrefix, StringComparison.Ordinal);
            string name = isOurs ? ToName(table, variable) : "";
            if (isOurs && table.Find(name) is null && !IsFromKubernetes(variable, text))
            {
                string nearest = table.ToEnvironmentVariable(NearestName.Find(name, table.Names));
                problems.Add(new OptionProblem(Source(Quoted.Plain(variable)), $"unknown; the nearest known is {nearest}"));
            }
        }
    }

    private static string ToName(OptionTable table, string variable) =>
        variable[table.EnvironmentPrefix.Length..].ToLowerInvariant().Replace('_', '-');

    private static bool IsFromKubernetes(string variable, string text) =>
        ServiceVariable().IsMatch(variable) || (variable.EndsWith("_PORT", StringComparison.Ordinal) && ServiceAddress().IsMatch(text));

    private static OptionSource Source(string variable) => new(OptionSourceKind.Environment, variable);

    [GeneratedRegex(@"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceVariable();

    [GeneratedRegex("^(tcp|udp|sctp)://", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceAddress();
}
