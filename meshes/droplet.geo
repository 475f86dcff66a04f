// Liquid drop on a fibre: the barrel of constant mean curvature (Carroll 1976), from its diameter and contact angle.
// r^2 = R^2 cos^2 u + s^2 sin^2 u and dz/du = (r^2 + s R)/r, integrated by three-point Gauss quadrature between the points of
// a spline. Meridian half plane: x = r, y = z, in um.

DefineConstant[
  diameter = {15.0, Name "largest diameter (um)"}
  fibre_diameter = {8.0, Name "fibre diameter (um)"}
  contact_angle_deg = {15.0, Name "contact angle on the fibre (deg)"}
  inner_radius = {1.0, Name "where the section ends towards the axis (um)"}
  margin = {2.0, Name "surround beyond the drop (um)"}
  steps = {60, Name "spline pieces of each half"}
  rim_size = {0.2, Name "element size at the rim (um)"}
  far_size = {1.0, Name "element size far away (um)"}
  rim_reach = {1.5, Name "fine within this distance of the equator (um)"}
];
If (fibre_diameter <= 2 * inner_radius || fibre_diameter >= diameter)
  Error("fibre_diameter: must lie between twice inner_radius and diameter");
EndIf
If (contact_angle_deg < 0 || contact_angle_deg > 90)
  Error("contact_angle_deg: must be 0 to 90");
EndIf
R = diameter / 2;
f = fibre_diameter / 2;
cosine = Cos(contact_angle_deg * Pi / 180);
s = f * (R * cosine - f) / (R - f * cosine);
contact = Atan2(Sqrt(R^2 - f^2), Sqrt(f^2 - s^2));
step = contact / steps;
node = Sqrt(0.6) / 2;

z = 0;
zs() = {0};
rs() = {R};
For i In {1 : steps}
  sum = 0;
  For g In {-1 : 1}
    u = (i - 0.5 + g * node) * step;
    r = Sqrt((R * Cos(u))^2 + (s * Sin(u))^2);
    weight = (g == 0) ? 4 / 9 : 5 / 18;
    sum = sum + weight * (r + s * R / r);
  EndFor
  z = z + sum * step;
  u = i * step;
  zs() += {z};
  rs() += {Sqrt((R * Cos(u))^2 + (s * Sin(u))^2)};
EndFor
half = z;
end = half + margin;

For i In {0 : 2 * steps}
  k = Fabs(i - steps);
  sign = (i < steps) ? -1 : 1;
  Point(100 + i) = {rs(k), sign * zs(k), 0};
EndFor
first = 100;
last = 100 + 2 * steps;
middle = 100 + steps;

Point(1) = {f, -end, 0};
Point(2) = {f, end, 0};
Point(3) = {inner_radius, -end, 0};
Point(4) = {inner_radius, end, 0};
Point(5) = {R + margin, -end, 0};
Point(6) = {R + margin, end, 0};

Spline(1) = {first : last};
Line(2) = {last, first};
Line(3) = {1, first};
Line(4) = {last, 2};
Line(5) = {3, 1};
Line(6) = {2, 4};
Line(7) = {4, 3};
Line(8) = {1, 5};
Line(9) = {5, 6};
Line(10) = {6, 2};

Curve Loop(1) = {1, 2};
Plane Surface(1) = {1};
Curve Loop(2) = {5, 3, -2, 4, 6, 7};
Plane Surface(2) = {2};
Curve Loop(3) = {8, 9, 10, -4, -1, -3};
Plane Surface(3) = {3};

Physical Surface("body") = {1};
Physical Surface("fibre") = {2};
Physical Surface("surround") = {3};
Physical Curve("rim") = {1};
Physical Curve("joint") = {2};
Physical Curve("fibre_surface") = {3, 4};
Physical Curve("inner") = {7};
Physical Curve("outer") = {5, 6, 8, 9, 10};

equator() = {middle};
Include "size_field.geo";
