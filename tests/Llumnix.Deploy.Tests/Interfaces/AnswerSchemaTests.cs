using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>The check of answers refuses what a strict reader of OpenAPI 3.0.3 refuses.</summary>
public sealed class AnswerSchemaTests
{
    private const string Named = """{"Some": {"type": "object", "nullable": true, "properties": {"id": {"type": "string"}}}, "Other": {"type": "number"}}""";

    [Theory]
    [InlineData("""{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}""", """{"id": "a"}""", true)]
    [InlineData("""{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}""", "{}", false)]
    [InlineData("""{"type": "object", "properties": {"id": {"type": "string"}}}""", """{"name": "a"}""", false)]
    [InlineData("""{"type": "array", "items": {"type": "number", "nullable": true}}""", "[null]", true)]
    [InlineData("""{"type": "array", "items": {"type": "number"}}""", "[null]", false)]
    [InlineData("""{"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/Some"}]}}""", "[null]", true)]
    [InlineData("""{"type": "array", "items": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/Other"}]}}""", "[null]", false)]
    public void Value_IsOfTheSchemaOrNot(string schema, string value, bool isOfIt) =>
        Assert.Equal(isOfIt, new AnswerSchema(JsonNode.Parse(schema)!, JsonNode.Parse(Named)!.AsObject()).FindProblem(JsonNode.Parse(value)) is null);
}
