using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>A block of code in a document.</summary>
internal sealed partial record CodeBlock(string Language, string Text)
{
    /// <summary>The blocks of a language, in their order.</summary>
    public static IReadOnlyList<CodeBlock> ReadAll(string document, string language) =>
    [
        .. Fence().Matches(Checkout.Read(document))
            .Select(match => new CodeBlock(match.Groups[1].Value, match.Groups[2].Value))
            .Where(block => block.Language == language),
    ];

    /// <summary>The one YAML block with a text, also within a list, without its indentation.</summary>
    public static string YamlWith(string document, string text)
    {
        Match block = Assert.Single(AnyYaml().Matches(Checkout.Read(document)), match => match.Groups[2].Value.Contains(text, StringComparison.Ordinal));
        string indent = block.Groups[1].Value;
        return string.Join('\n', block.Groups[2].Value.Split('\n').Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line));
    }

    [GeneratedRegex(@"^( *)```yaml\n(.*?)^\1```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex AnyYaml();

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
