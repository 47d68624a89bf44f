using System.Text;

namespace Llumnix.Adapters.Options;

/// <summary>The configuration report at the start. Holds no secret.</summary>
public static class OptionsReport
{
    /// <summary>Errors, then warnings, then ignored flags: one line each.</summary>
    public static string RenderProblems<TOptions>(OptionsParseResult<TOptions> result)
    {
        var text = new StringBuilder();
        AppendLines(text, "error: ", result.Errors);
        AppendLines(text, "warning: ", result.Warnings);
        if (result.IgnoredFlags.Count > 0)
        {
            text.Append("ignored: ").AppendJoin(", ", result.IgnoredFlags).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The options that differ from their defaults, one line each, with the place that set them.</summary>
    public static string RenderEffective<TOptions>(OptionsParseResult<TOptions> result)
    {
        var text = new StringBuilder();
        AppendLines(text, "", result.NonDefaultOptions);
        return text.ToString();
    }

    private static void AppendLines(StringBuilder text, string label, IEnumerable<object> lines)
    {
        foreach (object line in lines)
        {
            text.Append(label).Append(line).Append('\n');
        }
    }
}
