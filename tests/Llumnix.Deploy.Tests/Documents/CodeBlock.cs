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

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
