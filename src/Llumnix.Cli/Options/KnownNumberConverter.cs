using System.Text.Json;
using System.Text.Json.Serialization;

namespace Llumnix.Cli.Options;

/// <summary>Writes a number that is not known, NaN, as null: JSON has no word for it. What is not finite otherwise is null, too.</summary>
internal sealed class KnownNumberConverter : JsonConverter<double>
{
    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
