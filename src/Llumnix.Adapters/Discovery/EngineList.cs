using System.Net;
using System.Text;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// Texts that list engines, with commas between: addresses, and before an address and an <c>@</c> what else is known of the engine, as in
/// <c>name=a,role=prefill,model=m@10.0.0.1:8000,10.0.0.2:8000</c>.
/// </summary>
public static class EngineList
{
    private const string Attributes = "name= (without a colon), role= (neutral, prefill or decode) and model=, each once, with commas between and @ after them";

    /// <summary>Reads a list.</summary>
    /// <param name="text">The list; empty for none.</param>
    /// <param name="readAddress">Reads an address.</param>
    /// <param name="engines">The engines in their order; none where something is wrong.</param>
    /// <param name="areRepeatsDropped">Whether what stands in the list twice, in the same words, is taken once instead of refused.</param>
    /// <returns>
    /// What is wrong, with the number of the item, counted from 1 with an engine each, and its text as <see cref="RefusedValue"/> repeats it; null when nothing is.
    /// </returns>
    public static string? Read(string text, AddressReader readAddress, out IReadOnlyList<ListedEngine> engines, bool areRepeatsDropped = false)
    {
        engines = [];
        var read = new List<ListedEngine>();
        var attributes = new List<string>();
        int number = 1;
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int at = item.LastIndexOf('@');
            if (at < 0 && item.Contains('=', StringComparison.Ordinal))
            {
                attributes.Add(item);
                continue;
            }

            if (at >= 0)
            {
                attributes.Add(item[..at]);
            }

            string address = item[(at + 1)..];
            string? problem = at < 0 && attributes.Count > 0 ? "has attributes without @ after them"
                : readAddress(address, out DnsEndPoint? endpoint) ?? Describe(endpoint!, attributes, out ListedEngine engine) ?? AddTo(read, engine, areRepeatsDropped);
            if (problem is not null)
            {
                return FormattableString.Invariant($"engine {number}, {RefusedValue.QuotePart(address, text)}, {problem}");
            }

            attributes.Clear();
            number++;
        }

        if (attributes.Count > 0)
        {
            return FormattableString.Invariant($"engine {number}, {RefusedValue.QuotePart(string.Join(',', attributes), text)}, has no address; before it stand {Attributes}");
        }

        engines = read;
        return null;
    }

    /// <summary>Writes engines as a text that reads back to them.</summary>
    /// <param name="engines">The engines.</param>
    /// <param name="writeAddress">Writes an address.</param>
    public static string Write(IEnumerable<ListedEngine> engines, Func<DnsEndPoint, string> writeAddress) =>
        string.Join(',', engines.Select(engine => AttributesOf(engine) + writeAddress(new DnsEndPoint(engine.Host, engine.Port))));

    /// <summary>Adds an engine unless its address or its name is there already.</summary>
    /// <returns>What of an earlier one it repeats; null when it was added or is dropped.</returns>
    private static string? AddTo(List<ListedEngine> engines, ListedEngine engine, bool areRepeatsDropped)
    {
        if (engines.Find(other => (other.Host, other.Port) == (engine.Host, engine.Port)) is { } same)
        {
            return areRepeatsDropped && same == engine ? null : FormattableString.Invariant($"repeats the address {engine.Host}:{engine.Port} of an earlier one");
        }

        if (engine.Name.Length > 0 && engines.Exists(other => other.Name == engine.Name))
        {
            return "repeats the name of an earlier one";
        }

        engines.Add(engine);
        return null;
    }

    /// <summary>Takes the attributes over.</summary>
    /// <returns>What is wrong with one of them; null when nothing is.</returns>
    private static string? Describe(DnsEndPoint address, List<string> attributes, out ListedEngine engine)
    {
        engine = new ListedEngine(address.Host, address.Port);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string attribute in attributes)
        {
            int equals = attribute.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "" : attribute[(equals + 1)..].Trim();
            if (value.Length is 0 or > 256 || value.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)) || !seen.Add(attribute[..equals].Trim()))
            {
                return Refuse(attribute);
            }

            switch (attribute[..equals].Trim())
            {
                // With a colon it could be the id that another engine's role and address make.
                case "name" when !value.Contains(':', StringComparison.Ordinal):
                    engine = engine with { Name = value };
                    break;
                case "role" when InferTypeNames.TryParse(value, out InferType role):
                    engine = engine with { Role = role };
                    break;
                case "model":
                    engine = engine with { Model = value };
                    break;
                default:
                    return Refuse(attribute);
            }
        }

        return null;
    }

    private static string Refuse(string attribute) => $"has {RefusedValue.Quote(attribute + "@")} before it; expected are {Attributes}";

    private static string AttributesOf(ListedEngine engine)
    {
        var text = new StringBuilder();
        Append("name", engine.Name);
        Append("role", engine.Role?.ToName() ?? "");
        Append("model", engine.Model);
        return text.Length > 0 ? text.Append('@').ToString() : "";

        void Append(string key, string value)
        {
            if (value.Length > 0)
            {
                text.Append(text.Length > 0 ? "," : "").Append(key).Append('=').Append(value);
            }
        }
    }
}
