using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>A command line as reports show it: without secrets.</summary>
public static class ShownArguments
{
    private const string Hidden = "***";

    /// <summary>The arguments, where a secret is with three asterisks in its place, as <c>--flag=***</c>.</summary>
    /// <param name="table">The options of the program.</param>
    /// <param name="args">Its arguments, as it would read them.</param>
    public static IReadOnlyList<string> Of(OptionTable table, IReadOnlyList<string> args)
    {
        var shown = new List<string>();
        for (int i = 0; i < args.Count; i++)
        {
            string[] parts = args[i].Split('=', 2);
            OptionDefinition? option = args[i].StartsWith('-') ? table.Find(parts[0].TrimStart('-')) : null;
            bool isListOfOptions = option?.Name == OptionTable.ExtraArgumentsName;
            if (option is not { IsSecret: true } && !isListOfOptions)
            {
                shown.Add(args[i]);
                continue;
            }

            bool isSeparate = parts.Length == 1 && i + 1 < args.Count;
            string value = isSeparate ? args[++i] : parts.Length == 2 ? parts[1] : "";
            shown.Add(value.Length == 0 ? parts[0] : $"{parts[0]}={(isListOfOptions ? RefusedValue.WithoutSecrets(value) : Hidden)}");
        }

        return shown;
    }
}
