using System.Reflection;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training;

/// <summary>Finds the classes in an assembly that derive from a given type, so that no list of classes has to be maintained.</summary>
internal static class ClassDiscovery
{
    /// <summary>Creates an instance of each non-abstract class that derives from <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The base type.</typeparam>
    /// <param name="assembly">The assembly with the classes.</param>
    /// <param name="role">A type that each class must also implement, and the error message for a class that does not implement it; null to
    /// require only the base type.</param>
    /// <exception cref="InvalidInputException">A class does not implement the type, or has no public parameterless constructor.</exception>
    public static IEnumerable<T> In<T>(Assembly assembly, (Type Type, string Lack)? role = null) => assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(T)) && !type.IsAbstract).Select(type => (T)Make(type, role));

    private static object Make(Type type, (Type Type, string Lack)? role)
    {
        InvalidInputException Refused(string why) => new($"{type.FullName} in {type.Assembly.GetName().Name} {why}.");
        if (role is { } wanted && !type.IsAssignableTo(wanted.Type)) throw Refused($"{wanted.Lack}; implement {wanted.Type.Name}");
        if (type.GetConstructor([]) is null) throw Refused("has no public parameterless constructor; add one");
        return Activator.CreateInstance(type)!;
    }
}
