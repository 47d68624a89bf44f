using System.Runtime.CompilerServices;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Llumnix.Protocol.Cms;
using Llumnix.Protocol.Llumlet;
using Llumnix.Protocol.Resolver;

namespace Llumnix.Protocol.Tests.Protos;

public sealed class MessageBytesTests
{
    private static readonly MessageDescriptor[] Descriptors =
    [
        .. CmsReflection.Descriptor.MessageTypes,
        .. ResolverReflection.Descriptor.MessageTypes,
        .. LlumletReflection.Descriptor.MessageTypes,
    ];

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default);

    /// <summary>Our own cases, and those of the specification's vectors where they lie beside the repository.</summary>
    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach ((string message, string fields, string base64) in GoldenMessages.All)
        {
            cases.Add(message, fields, base64);
        }

        if (File.Exists(SharedVectors()))
        {
            using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedVectors()));
            foreach (JsonElement vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
            {
                cases.Add(Text(vector, "message"), vector.GetProperty("fields").GetRawText(), Text(vector, "base64"));
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parse_GoldenBytes_GivesEveryField(string message, string fields, string base64)
    {
        MessageDescriptor descriptor = Descriptors.Single(d => d.Name == message);

        IMessage parsed = descriptor.Parser.ParseFrom(Convert.FromBase64String(base64));

        Assert.Equal(Parser.Parse(fields, descriptor), parsed);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Serialize_GoldenFields_GivesTheSameBytes(string message, string fields, string base64)
    {
        MessageDescriptor descriptor = Descriptors.Single(d => d.Name == message);

        byte[] bytes = Parser.Parse(fields, descriptor).ToByteArray();

        Assert.Equal(base64, Convert.ToBase64String(bytes));
    }

    [Fact]
    public void LlumletService_HasMigrateAndAbort()
    {
        ServiceDescriptor service = Assert.Single(LlumletReflection.Descriptor.Services);

        Assert.Equal("llumlet.Llumlet", service.FullName);
        Assert.Equal(["Migrate", "Abort"], service.Methods.Select(m => m.Name));
        Assert.Equal(["MigrateRequest", "AbortRequests"], service.Methods.Select(m => m.InputType.Name));
        Assert.Equal(["MigrateResponse", "AbortResponse"], service.Methods.Select(m => m.OutputType.Name));
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static string SharedVectors([CallerFilePath] string thisFile = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "..", "shared", "vectors", "protobuf_messages.json"));
}
