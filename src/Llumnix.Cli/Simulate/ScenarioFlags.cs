using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Llumnix.Cli.Simulate.ScenarioFiles;

namespace Llumnix.Cli.Simulate;

/// <summary>
/// The flags of <c>llumnix simulate</c> that are keys of a scenario. The parser stops at a value that is no number; here all that is wrong with the values of the
/// flags is told with it. Without such a value they are checked with the scenario, whose file can be wrong too.
/// </summary>
internal static class ScenarioFlags
{
    /// <summary>Adds the checks.</summary>
    internal static void Check(Command command)
    {
        foreach (Option option in command.Options)
        {
            if (ScenarioSections.All.SelectMany(static section => section.Keys).FirstOrDefault(key => key.Flag == option.Name) is { } key)
            {
                option.Validators.Add(result => Check(result, key));
            }
        }
    }

    private static void Check(OptionResult result, ScenarioKey key)
    {
        if (result.Parent is CommandResult command && command.Children.OfType<OptionResult>().Any(IsNoNumber))
        {
            foreach (string problem in result.Tokens.Select(token => key.FindProblem(token.Value)).OfType<string>())
            {
                result.AddError($"{result.Option.Name} {problem}");
            }
        }
    }

    private static bool IsNoNumber(OptionResult result)
    {
        Type type = result.Option.ValueType;
        return type == typeof(int?) ? result.Tokens.Any(static token => !int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
            : (type == typeof(double?) || type == typeof(double[]))
                && result.Tokens.Any(static token => !double.TryParse(token.Value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _));
    }
}
