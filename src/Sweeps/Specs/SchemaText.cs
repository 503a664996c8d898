using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Generates the JSON Schema for specs. spec.base.json contains the parts that are the same for all methods and data set formats. The
/// schema for each setting comes from its property. The schemas for lists, ranges and "adaptive" are generated here, in the same way for
/// all settings.
/// </summary>
internal static class SchemaText
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Generates the schema for a catalog's methods and formats.</summary>
    public static JsonObject Of(MethodCatalog methods)
    {
        var schema = JsonNode.Parse(Base())!.AsObject();
        var definitions = schema["$defs"]!.AsObject();
        var (train, arm) = (definitions["train"]!["properties"]!.AsObject(), definitions["arm"]!["properties"]!.AsObject());
        Describe(definitions["dataset"]!["then"]!["properties"]!.AsObject(), methods.Formats);
        foreach (var key in ArmExpansion.Shared) arm[key] = Listed(key, (string)schema["properties"]![key]!["description"]!);
        arm["method"]!["enum"] = new JsonArray([.. methods.Names.Select(name => (JsonNode)name)]);
        foreach (var method in methods.All)
        {
            foreach (var key in method.Keys)
            {
                Define(definitions, key.Name, key.Schema);
                arm[key.Name] = Several(key.Name);
                if (key.Description is { } description) arm[key.Name]!["description"] = description;
            }
        }
        foreach (var setting in SettingInfo.Of(typeof(TrainSettings)))
        {
            Define(definitions, setting.Name, setting.Schema);
            train[setting.Name] = Reference(setting.Name);
            arm[setting.Name] = Several(setting.Name);
        }
        foreach (var method in methods.All.Where(method => method.SettingsType is not null)) AddSettings(definitions, train, arm, method);
        return schema;
    }

    /// <summary>Returns a schema's text, exactly as published.</summary>
    public static string Published(JsonObject schema) => schema.ToJsonString(Readable) + "\n";

    /// <summary>Returns the name of a setting among the schema's definitions.</summary>
    /// <param name="place">The keys from the arm to the setting.</param>
    public static string Definition(params IEnumerable<string> place) => string.Join('.', place);

    /// <summary>Adds the formats, and the names of the formats that read lists of images, to the schema for data sets.</summary>
    private static void Describe(JsonObject dataset, FormatCatalog formats)
    {
        DatasetFormat[] written = [.. formats.All.Where(format => format.IsWritten)];
        var lists = written.Where(format => format.Keys.Contains(DatasetKeys.Images)).Select(format => format.Name);
        dataset["format"] = new JsonObject
        {
            ["enum"] = new JsonArray([.. written.Select(format => (JsonNode)format.Name)]),
            ["description"] = string.Concat(written.Where(format => format.Description is not null)
                .Select(format => $"{format.Name}: {format.Description} ")) + "Built-in data sets have no format.",
        };
        dataset[DatasetKeys.Images]!["description"] = $"{string.Join(" and ", lists)}: the folder that image paths are relative to, "
            + "itself relative to the data root. Default: the list's folder.";
    }

    private static void AddSettings(JsonObject definitions, JsonObject train, JsonObject arm, MethodDescriptor method)
    {
        var (single, several) = (new JsonObject(), new JsonObject());
        foreach (var setting in method.Settings)
        {
            var name = Definition(method.Name, setting.Name);
            Define(definitions, name, setting.Schema);
            single[setting.Name] = Reference(name);
            several[setting.Name] = Several(name);
        }
        definitions[method.Name + "Settings"] = Object(single);
        definitions[method.Name + "Grid"] = Object(several);
        train[method.Name] = Reference(method.Name + "Settings");
        arm[method.Name] = Reference(method.Name + "Grid");
    }

    /// <summary>Defines a setting, its axis object and, if it is a number, the range that its values can be drawn from.</summary>
    private static void Define(JsonObject definitions, string name, JsonObject value)
    {
        definitions[name] = value.DeepClone();
        if ((string?)value["type"] is not ("integer" or "number"))
        {
            definitions[name + "Axis"] = Object(new() { ["adaptive"] = List(name, typed: true) });
            return;
        }
        JsonObject Range() => new()
        {
            ["from"] = Reference(name),
            ["to"] = Reference(name),
            ["scale"] = Reference("scale"),
            ["samples"] = Reference("samples"),
        };
        var axis = new JsonObject { ["adaptive"] = Either("array", List(name), Reference(name + "Range")) };
        foreach (var (key, part) in Range()) axis[key] = part!.DeepClone();
        definitions[name + "Range"] = Object(Range());
        definitions[name + "Axis"] = Object(axis);
    }

    /// <summary>Returns the schema for a setting that can be a value, a list of values or an axis object.</summary>
    private static JsonObject Several(string name) => new()
    {
        ["if"] = new JsonObject { ["type"] = new JsonArray("array", "object") },
        ["then"] = Either("array", List(name), Reference(name + "Axis")),
        ["else"] = Reference(name),
    };

    /// <summary>Returns the schema for a setting that can be a value or a list of values, but never adaptive.</summary>
    private static JsonObject Listed(string name, string description) => new()
    {
        ["if"] = new JsonObject { ["type"] = "array" },
        ["then"] = List(name),
        ["else"] = Reference(name),
        ["description"] = description,
    };

    private static JsonObject Either(string type, JsonObject then, JsonObject otherwise) =>
        new() { ["if"] = new JsonObject { ["type"] = type }, ["then"] = then, ["else"] = otherwise };

    private static JsonObject List(string name, bool typed = false)
    {
        var list = new JsonObject { ["minItems"] = 1, ["uniqueItems"] = true, ["items"] = Reference(name) };
        if (typed) list.Insert(0, "type", "array");
        return list;
    }

    private static JsonObject Object(JsonObject properties) =>
        new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static string Base()
    {
        using var stream = typeof(SchemaText).Assembly.GetManifestResourceStream("spec.base.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
