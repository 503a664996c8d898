using System.Reflection;

namespace AdaptCluster.Contracts.Tests;

/// <summary>
/// What travels between silos and clients, and is kept by them, must be read by the version before and after. wire.txt is what it was; a
/// line that goes or changes breaks an upgrade that replaces silos one by one.
/// </summary>
public sealed class WireContractTests
{
    private const string File = "tests/Contracts.Tests/wire.txt";

    [Fact]
    public void Names_and_numbers_of_the_wire_contract_are_those_written_down()
    {
        var known = System.IO.File.ReadAllLines(Repository.At(File));
        var found = Describe().Order(StringComparer.Ordinal).ToArray();
        Assert.True(known.Except(found).ToArray() is [],
            $"Older silos use what is gone or changed: {string.Join("; ", known.Except(found))}");
        // What is new breaks nothing, and is written down by the test itself.
        GeneratedFile.Check(File, string.Concat(found.Select(line => line + "\n")));
    }

    private static IEnumerable<string> Describe()
    {
        foreach (var type in typeof(AdaptClusterException).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("AdaptCluster", StringComparison.Ordinal) == true))
        {
            if (type.IsEnum && type.IsPublic)
            {
                foreach (var value in Enum.GetValuesAsUnderlyingType(type))
                    yield return $"{type.Name} {value} = {Enum.GetName(type, value!)}";
            }
            if (type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias is not { } alias) continue;
            foreach (var method in type.IsInterface ? type.GetMethods() : [])
            {
                var parameters = string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
                var name = method.GetCustomAttribute<AliasAttribute>()?.Alias
                    ?? throw new InvalidOperationException($"{alias}.{method.Name} has no alias");
                yield return $"{alias}.{name}({parameters}): {Name(method.ReturnType)}";
            }
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                if (property.GetCustomAttribute<IdAttribute>() is { } id)
                    yield return $"{alias} {id.Id} = {property.Name}: {Name(property.PropertyType)}";
        }
    }

    /// <summary>A type as it travels: of a value that travels plain, the type of what it holds.</summary>
    private static string Name(Type type) => type.GetInterface(typeof(IBareValue<,>).Name)?.GetGenericArguments() is [_, var plain]
        ? Name(plain)
        : type.IsArray && type.GetElementType() is { } element ? $"{Name(element)}[]" : Simple(type);

    private static string Simple(Type type) => !type.IsGenericType
        ? type.Name
        : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
}
