using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Adapters.Options;

/// <summary>Parses YAML, of which JSON is a subset, that others have written: one document of bounded depth.</summary>
public static class YamlText
{
    private const int MaxDepth = 16;

    /// <summary>Parses a text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="what">What it is to be, in messages, such as <c>a scenario</c>.</param>
    /// <returns>The document's root.</returns>
    /// <exception cref="YamlTextException">It is not one document of YAML.</exception>
    public static YamlNode Parse(string yaml, string name, string what) => Parse(yaml, name, what, static yaml => new Parser(new StringReader(yaml)));

    /// <summary>Parses a text whose repeated keys are to be told together with what else is wrong: the tree has them with their values, see <see cref="RepeatedKey"/>.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="what">What it is to be, in messages, such as <c>a scenario</c>.</param>
    /// <returns>The document's root.</returns>
    /// <exception cref="YamlTextException">It is not one document of YAML.</exception>
    public static YamlNode ParseWithRepeatedKeys(string yaml, string name, string what) =>
        Parse(yaml, name, what, static yaml => new UniqueKeysParser(new Parser(new StringReader(yaml))));

    private static YamlNode Parse(string yaml, string name, string what, Func<string, IParser> parse)
    {
        var stream = new YamlStream();
        try
        {
            CheckShape(yaml, name, what);
            stream.Load(parse(yaml));
        }
        catch (Exception exception) when (exception is not YamlTextException and not OutOfMemoryException)
        {
            // On garbage the parser throws exceptions of many types; only the parser runs here.
            var fault = YamlFault.Of(yaml, exception);
            throw new YamlTextException(FormattableString.Invariant($"{name}:{fault.Line}:{fault.Column}: {fault}"), exception);
        }

        return stream.Documents.Count == 0 ? throw new YamlTextException($"{name}: is empty") : stream.Documents[0].RootNode;
    }

    /// <summary>The tree is built by recursion, the events of the parser are not.</summary>
    private static void CheckShape(string yaml, string name, string what)
    {
        var parser = new Parser(new StringReader(yaml));
        int depth = 0;
        int documents = 0;
        while (parser.MoveNext())
        {
            ParsingEvent current = parser.Current!;
            depth += current.NestingIncrease;
            documents += current is DocumentStart ? 1 : 0;
            if (documents > 1)
            {
                throw new YamlTextException(FormattableString.Invariant($"{name}:{current.Start.Line}: a second document begins here; {what} is one"));
            }

            if (depth > MaxDepth)
            {
                throw new YamlTextException(FormattableString.Invariant($"{name}:{current.Start.Line}: is nested too deeply"));
            }
        }
    }
}
