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

    /// <summary>A status without a body says so; a body has a schema, and an error of one line is also a problem document.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Answers_HaveDescriptionAndSchema(string document) => Assert.Empty(
        from operation in new OpenApiDocument(document).Operations
        from response in operation.Responses
        let answer = response.Value
        where answer.Description.Length == 0
            || answer.Content.Count == 0 != answer.Description.Contains("No body.", StringComparison.Ordinal)
            || answer.Content.Values.Contains(null)
            || (response.Key >= 400 && answer.Content.ContainsKey("text/plain") && !answer.Content.ContainsKey("application/problem+json"))
        select $"{operation} {response.Key}");

    [Theory]
    [MemberData(nameof(Documents))]
    public void ExamplesOfAnswers_AreOfTheirSchemas(string document) => Assert.Empty(new OpenApiDocument(document).WrongExamples);

    /// <summary>What is answered has all members, but for those that are left out when there is nothing to tell.</summary>
    [Theory]
    [InlineData("docs/reference/scheduler.openapi.yaml", "Readiness.role")]
    [InlineData("docs/reference/gateway.openapi.yaml", "Readiness.reason", "Readiness.warning")]
    [InlineData("docs/reference/admin.openapi.yaml")]
    public void MembersOfAnswers_AreRequired(string document, params string[] optional) => Assert.Equal(optional, new OpenApiDocument(document).OptionalMembers);

    /// <summary>OpenAPI 3.0.3 lets <c>nullable</c> add null to the <c>type</c> of the same schema; beside a reference it does nothing.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Nullable_HasATypeBesideIt(string document) => Assert.Empty(new OpenApiDocument(document).UntypedNullables);

    /// <summary>
    /// What wrong requests do not bring about: too many connections, at which probes are still answered, and a body that comes too slowly, which drains tell as one that is
    /// not complete.
    /// </summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Answers_ToTooManyConnectionsAndSlowBodies_AreThere(string document) => Assert.Empty(
        from operation in new OpenApiDocument(document).Operations
        from status in new[]
        {
            (Status: 503, IsAnswered: operation.Path != "/healthz"),
            (Status: 408, IsAnswered: operation.Body is not null && operation.Path != "/admin/drain"),
        }
        where status.IsAnswered && !operation.Responses.ContainsKey(status.Status)
        select $"{operation} {status.Status}");
}
