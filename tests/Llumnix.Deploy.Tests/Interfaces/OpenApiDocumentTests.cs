using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Interfaces;

public sealed class OpenApiDocumentTests
{
    public static TheoryData<string> Documents => ["docs/reference/scheduler.openapi.yaml", "docs/reference/gateway.openapi.yaml", "docs/reference/admin.openapi.yaml"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void References_LeadSomewhere(string document) => Assert.Empty(new OpenApiDocument(document).BrokenReferences);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Version_IsThatOfTheBuild(string document) => Assert.Equal(
        Regex.Match(Checkout.Read("Directory.Build.props"), "<VersionPrefix>(.+)</VersionPrefix>").Groups[1].Value, new OpenApiDocument(document).Version);

    /// <summary>A comma in a text without quotes begins another member, whose name is the rest of the text.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Names_HaveNoSpaces(string document) => Assert.DoesNotContain(new OpenApiDocument(document).Names, static name => name.Contains(' ', StringComparison.Ordinal));
}
