using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AdaptCluster.Web.Api;

/// <summary>Provides the API's OpenAPI 3.1 document. Anyone who can read sweeps can read it.</summary>
internal static class ApiDocument
{
    /// <summary>The path of the document.</summary>
    public const string Path = $"{ApiProblems.Root}/openapi.json";

    private const string Token = "token";

    /// <summary>The types whose JSON begins with a sweep's id.</summary>
    private static readonly HashSet<Type> OfSweep =
        [typeof(SweepSummary), typeof(SweepStatus), typeof(JobDetail), typeof(JobCurve), typeof(JobMasks)];

    /// <summary>Adds the generator for the document.</summary>
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.ShouldInclude = route =>
            route.RelativePath?.StartsWith(ApiProblems.Root[1..], StringComparison.Ordinal) == true
            && route.RelativePath != Path[1..];
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context.Description.ActionDescriptor.EndpointMetadata);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Describe(schema, context.JsonTypeInfo.Type);
            return Task.CompletedTask;
        });
    });

    /// <summary>Maps the document.</summary>
    public static void MapApiDocument(this IEndpointRouteBuilder app) => app.MapOpenApi(Path);

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "AdaptCluster",
            Version = "1",
            Description = "Lists, plans, submits, monitors and controls sweeps over prompt-tuning methods. Responses are the documents "
                + "that the commands print with --json. Within a version, keys may be added, but none are removed.",
        };
        // The silo does not know the host name that callers use.
        document.Servers = [];
        (document.Components ??= new OpenApiComponents()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Token] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "One of the silo's HTTP tokens; the read-only token allows only GET. A silo that listens on the loopback "
                    + "interface without a token requires none.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Token, document)] = [] }];
    }

    private static void Describe(OpenApiOperation operation, IList<object> metadata)
    {
        // The generator prefers the method's doc comment to the route's own summary.
        operation.Summary = metadata.OfType<IEndpointSummaryMetadata>().Last().Summary;
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            parameter.Description = parameter.Name == "job" ? "A job's id, or an unambiguous prefix of it."
                : "A sweep's id, an unambiguous prefix of it, or 'latest'.";
        foreach (var parameter in metadata.OfType<ApiParameter>())
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Schema = parameter.IsMany ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = SchemaOf(parameter) }
                    : SchemaOf(parameter),
            });
        if (!metadata.OfType<ApiRoutes.SpecBody>().Any()) return;
        operation.RequestBody = new OpenApiRequestBody
        {
            Description = "The spec; schema/sweep.schema.json describes it.",
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                ["application/yaml"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
            },
        };
    }

    private static OpenApiSchema SchemaOf(ApiParameter parameter) => new()
    {
        Type = parameter.IsNumber ? JsonSchemaType.Integer : parameter.IsFlag ? JsonSchemaType.Boolean : JsonSchemaType.String,
        Minimum = parameter.Least is { } least ? $"{least}" : null,
        Maximum = parameter.Most is { } most ? $"{most}" : null,
        Enum = parameter.Words is { } words ? [.. words.Select(word => (JsonNode)JsonValue.Create(word))] : null,
    };

    /// <summary>Describes a type as this program's JSON options serialize it, because the generator uses only ASP.NET's options.</summary>
    private static void Describe(OpenApiSchema schema, Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        var none = value == type ? default : JsonSchemaType.Null;
        if (value.IsEnum)
        {
            schema.Type = JsonSchemaType.String | none;
            schema.Enum = [.. Enum.GetValues(value).Cast<object>()
                .Select(one => JsonSerializer.SerializeToNode(one, value, AdaptClusterJson.Indented)!)];
        }
        else if (value == typeof(int) || value == typeof(long) || IsBare(value))
        {
            (schema.Type, schema.Pattern) = (JsonSchemaType.Integer | none, null);
        }
        else if (value == typeof(double) || value == typeof(float))
        {
            (schema.Type, schema.Pattern) = (JsonSchemaType.Number | none, null);
        }
        else if (value == typeof(JobId) || value == typeof(Scorer))
        {
            schema.Type = JsonSchemaType.String | none;
        }
        else if (OfSweep.Contains(value))
        {
            (schema.Properties ??= new Dictionary<string, IOpenApiSchema>())["sweep"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description = "The sweep's id.",
            };
        }
    }

    private static bool IsBare(Type type) => type.IsValueType && type.GetInterfaces().Any(one =>
        one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IBareValue<,>) && one.GetGenericArguments()[1] == typeof(int));
}
